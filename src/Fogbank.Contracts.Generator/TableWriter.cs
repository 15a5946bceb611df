using System.Globalization;
using System.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>Writes what an API has once: its facts, operations, error codes and enumerations.</summary>
internal sealed class TableWriter(ContractModel contract, ConstraintTable constraints)
{
    private const string Root = TypeWriter.Root;

    internal void WriteApi(StringBuilder text, string iamText)
    {
        var api = contract.Api;
        text.Append($"\npublic sealed class {contract.Prefix}Api : {Root}Api\n{{\n");
        text.Append($"    public static readonly {contract.Prefix}Api Instance = new();\n");
        text.Append($"    private {contract.Prefix}Api() {{ }}\n");
        Property("Name", contract.Name);
        Property("ServiceId", api.String("serviceId") ?? contract.Name);
        Property("SigningName", api.String("signingName") ?? contract.Name);
        Property("EndpointPrefix", api.String("endpointPrefix") ?? contract.Name);
        Property("ApiVersion", api.String("version") ?? "");
        Property("TargetPrefix", api.String("targetPrefix"), "?");
        Property("XmlNamespace", api.String("xmlNamespace"), "?");
        var protocols = api["protocols"].Items.ConvertAll(item => $"{Root}WireProtocol.{Protocol(item.Text)}");
        text.Append($"    public override global::System.Collections.Generic.IReadOnlyList<{Root}WireProtocol> Protocols {{ get; }} = [{string.Join(", ", protocols)}];\n");
        Bytes("OperationText", string.Join("\n", contract.Operations.ConvertAll(OperationLine)));
        Bytes("ConstraintText", constraints.Text);
        if (contract.Others.Count > 0)
        {
            Bytes("OtherOperationText", string.Join("\n", contract.Others));
        }

        if (iamText.Length > 0)
        {
            Bytes("IamText", iamText);
        }

        text.Append("}\n");

        void Property(string name, string? value, string nullable = "") =>
            text.Append($"    public override string{nullable} {name} => {(value is null ? "null" : CSharp.Literal(value))};\n");

        // A line of the text a line of source, so that it can be read and compared.
        void Bytes(string name, string value)
        {
            text.Append($"    protected override global::System.ReadOnlySpan<byte> {name} =>\n        ");
            text.Append(CSharp.Literal(value).Replace("\\n", "\\n\"u8\n        + \"")).Append("u8;\n");
        }
    }

    internal void WriteOperations(StringBuilder text)
    {
        text.Append($"\npublic static class {contract.Prefix}Operations\n{{\n");
        for (var i = 0; i < contract.Operations.Count; i++)
        {
            var name = contract.Operations[i].Name;
            text.Append($"    public static {Root}Operation<{name}Request, {name}Response> {Names.Pascal(name)} => new({contract.Prefix}Api.Instance, {i});\n");
        }

        text.Append("}\n");
    }

    internal void WriteErrorCodes(StringBuilder text)
    {
        text.Append($"\npublic static class {contract.Prefix}ErrorCodes\n{{\n");
        var taken = new HashSet<string>(StringComparer.Ordinal) { contract.Prefix + "ErrorCodes" };
        foreach (var error in contract.Shapes.Values.Where(shape => shape.Type == "error").OrderBy(shape => shape.Name, StringComparer.Ordinal))
        {
            var isFault = error.Facts.Flag("fault");
            var status = error.Facts.Int("status", isFault ? 500 : 400).ToString(CultureInfo.InvariantCulture);
            var name = error.Facts.String("name") ?? error.Name;
            var code = error.Facts.String("code") is { } other && other != name ? $", QueryCode: {CSharp.Literal(other)}" : "";
            text.Append($"    public static {Root}ErrorCode {Names.Unique(Names.Pascal(error.Name), taken)} => ");
            text.Append($"new({CSharp.Literal(name)}, {status}{(isFault ? ", true" : "")}{code});\n");
        }

        text.Append("}\n");
    }

    /// <summary>Enumerations are open, so their members are strings; the classes hold the names a model knows.</summary>
    internal void WriteEnumerations(StringBuilder text, HashSet<string> takenNames)
    {
        foreach (var shape in contract.Shapes.Values.Where(shape => shape.Facts["enum"].Items.Count > 0).OrderBy(shape => shape.Name, StringComparer.Ordinal))
        {
            var name = Names.Pascal(shape.Name);
            if (!takenNames.Add(name))
            {
                name = Names.Unique(name + "Values", takenNames);
            }

            text.Append($"\npublic static class {name}\n{{\n");
            var taken = new HashSet<string>(StringComparer.Ordinal) { name, "Equals", "ReferenceEquals" };
            foreach (var value in shape.Facts["enum"].Items)
            {
                var constant = Names.Constant(value.Text);
                text.Append($"    public const string {Names.Unique(taken.Contains(constant) && constant == name ? constant + "Value" : constant, taken)} = {CSharp.Literal(value.Text)};\n");
            }

            text.Append("}\n");
        }
    }

    private static string Protocol(string name) => name switch
    {
        "rest-json" => "RestJson",
        "json-1.0" => "Json10",
        "json-1.1" => "Json11",
        "query" => "Query",
        "rest-xml" => "RestXml",
        "ec2" => "Ec2",
        "rpc-v2-cbor" => "RpcV2Cbor",
        _ => throw new FormatException($"unknown protocol {name}"),
    };

    private string OperationLine(OperationModel operation)
    {
        var facts = operation.Facts;
        var flags = (HasStream(operation.Input) ? "s" : "")
            + (HasStream(operation.Output) ? "o" : "")
            + (facts.Flag("checksumRequired") ? "c" : "")
            + (facts.Flag("eventStream") ? "e" : "")
            + (facts.Flag("unsigned") ? "n" : "")
            + (facts.Flag("unwrapped") ? "u" : "");
        return string.Join("\t",
            operation.Name,
            facts.String("method") ?? "POST",
            facts.String("uri") ?? "/",
            facts.Int("status", 200).ToString(CultureInfo.InvariantCulture),
            operation.Input,
            operation.Output,
            flags,
            facts.String("xmlRoot"));
    }

    private bool HasStream(string? shape) =>
        shape is not null && contract.Shape(shape).Members.Exists(member => TypeWriter.Kind(contract.Shape(member.Shape), member) == 's');
}
