using System.Globalization;
using System.Text;

namespace Fogbank.Contracts;

/// <summary>One AWS API as its contract states it. Generated subclasses hold the facts as text, which is decoded on first use.</summary>
public abstract class Api
{
    private IReadOnlyList<OperationSchema>? _operations;
    private Dictionary<string, OperationSchema>? _byName;
    private IReadOnlySet<string>? _others;
    private Constraint?[]? _constraints;
    private string[]? _constraintLines;
    private Dictionary<string, IamEntry>? _iam;

    /// <summary>Name of the contract and of the endpoint folder: <c>lambda</c>, <c>s3</c>, <c>iam</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The service's name in prose and in SDKs: "Lambda", "CloudWatch Logs".</summary>
    public abstract string ServiceId { get; }

    /// <summary>The service in the credential scope of a signature.</summary>
    public abstract string SigningName { get; }

    /// <summary>First label of the service's AWS host names.</summary>
    public abstract string EndpointPrefix { get; }

    /// <summary>Version of the API, as the query protocol's <c>Version</c> parameter carries it.</summary>
    public abstract string ApiVersion { get; }

    /// <summary>What stands before the dot in <c>X-Amz-Target</c>; null for protocols without it.</summary>
    public abstract string? TargetPrefix { get; }

    /// <summary>Namespace of the API's XML bodies; null for JSON.</summary>
    public abstract string? XmlNamespace { get; }

    /// <summary>The protocols it is spoken in, the preferred one first.</summary>
    public abstract IReadOnlyList<WireProtocol> Protocols { get; }

    /// <summary>Every operation, in the contract's order.</summary>
    public IReadOnlyList<OperationSchema> Operations => _operations ??= ParseOperations();

    /// <summary>Operations that the API has and its contract leaves out: known by name only.</summary>
    public IReadOnlySet<string> OtherOperations =>
        _others ??= OtherOperationText.IsEmpty ? new HashSet<string>() : new HashSet<string>(Encoding.UTF8.GetString(OtherOperationText).Split('\n'), StringComparer.Ordinal);

    /// <summary>
    /// One line an operation (LF between them), tab-separated: name, method, URI, success status, input shape, output shape, flags, root of
    /// the output's XML body. Flags: <c>s</c> streaming input, <c>o</c> streaming output, <c>c</c> a checksum is demanded, <c>e</c> event
    /// stream, <c>n</c> no signature asked for, <c>u</c> the output is unwrapped.
    /// </summary>
    protected abstract ReadOnlySpan<byte> OperationText { get; }

    /// <summary>One line a constraint, tab-separated: min, max, pattern, values (comma-separated). Backslash, tab and LF are escaped.</summary>
    protected abstract ReadOnlySpan<byte> ConstraintText { get; }

    /// <summary>A line a name of <see cref="OtherOperations"/>.</summary>
    protected virtual ReadOnlySpan<byte> OtherOperationText => default;

    /// <summary>
    /// One line an operation that has an entry in the API's IAM file: its name, then five tab-separated fields a rule, as
    /// <see cref="IamRule"/> reads them.
    /// </summary>
    protected virtual ReadOnlySpan<byte> IamText => default;

    /// <summary>The operation of that name; null where the API has none.</summary>
    public OperationSchema? FindOperation(string name)
    {
        _byName ??= Operations.ToDictionary(operation => operation.Name, StringComparer.Ordinal);
        return _byName.GetValueOrDefault(name);
    }

    /// <summary>What a caller must be allowed to do for that operation; null where the API's IAM file has no entry, which is not "nothing".</summary>
    public IamEntry? FindIamEntry(string operation)
    {
        _iam ??= IamEntry.ParseAll(Encoding.UTF8.GetString(IamText));
        return _iam.GetValueOrDefault(operation);
    }

    internal Constraint GetConstraint(int index)
    {
        _constraintLines ??= Encoding.UTF8.GetString(ConstraintText).Split('\n');
        _constraints ??= new Constraint?[_constraintLines.Length];
        return _constraints[index] ??= ParseConstraint(_constraintLines[index]);
    }

    private static Constraint ParseConstraint(string line)
    {
        var fields = line.Split('\t');
        return new Constraint(
            fields[0].Length == 0 ? null : decimal.Parse(fields[0], NumberStyles.Float, CultureInfo.InvariantCulture),
            fields[1].Length == 0 ? null : decimal.Parse(fields[1], NumberStyles.Float, CultureInfo.InvariantCulture),
            fields[2].Length == 0 ? null : Unescape(fields[2]),
            fields[3].Length == 0 ? null : Array.ConvertAll(fields[3].Split(','), Unescape));
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                c = text[++i] switch { 't' => '\t', 'n' => '\n', 'c' => ',', var other => other };
            }

            result.Append(c);
        }

        return result.ToString();
    }

    private OperationSchema[] ParseOperations()
    {
        var lines = Encoding.UTF8.GetString(OperationText).Split('\n');
        var operations = new OperationSchema[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            operations[i] = OperationSchema.Parse(this, i, lines[i]);
        }

        return operations;
    }
}
