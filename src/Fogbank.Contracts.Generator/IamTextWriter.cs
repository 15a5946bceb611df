using System.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>Turns an API's IAM file into the text of <c>Api.IamText</c>: a line an operation, five tab-separated fields a rule.</summary>
internal static class IamTextWriter
{
    internal static string Write(ContractModel contract, JsonNode iam)
    {
        var known = contract.Operations.ToDictionary(operation => operation.Name, StringComparer.Ordinal);
        var lines = new List<string>();
        foreach (var entry in iam["operations"].Members)
        {
            if (!known.TryGetValue(entry.Key, out var operation))
            {
                throw new FormatException($"the API has no operation {entry.Key}");
            }

            var line = new StringBuilder(entry.Key);
            foreach (var rule in entry.Value.Items)
            {
                AppendRule(line, contract, operation, rule);
            }

            lines.Add(line.ToString());
        }

        return string.Join("\n", lines);
    }

    private static void AppendRule(StringBuilder line, ContractModel contract, OperationModel operation, JsonNode rule)
    {
        foreach (var member in rule.Members)
        {
            if (member.Key is not ("action" or "resource" or "when" or "unless" or "conditions" or "passedTo"))
            {
                throw new FormatException($"{operation.Name}: a rule has no \"{member.Key}\"");
            }
        }

        var action = rule.String("action") ?? throw new FormatException($"{operation.Name}: a rule without an action");
        var resource = rule.String("resource") ?? throw new FormatException($"{operation.Name}: a rule without a resource");
        CheckTemplate(contract, operation, resource);
        var when = rule.String("when");
        var unless = rule.String("unless");
        if (when is not null && unless is not null)
        {
            throw new FormatException($"{operation.Name}: a rule has either \"when\" or \"unless\"");
        }

        CheckPath(contract, operation, when ?? unless);
        var conditions = rule["conditions"].Members.ConvertAll(condition =>
        {
            CheckPath(contract, operation, condition.Value.Text);
            return $"{condition.Key}={condition.Value.Text}";
        });
        line.Append('\t').Append(action).Append('\t').Append(resource).Append('\t');
        line.Append(when is not null ? "+" + when : unless is not null ? "-" + unless : "").Append('\t');
        line.Append(string.Join(";", conditions)).Append('\t').Append(rule.String("passedTo"));
    }

    private static void CheckTemplate(ContractModel contract, OperationModel operation, string template)
    {
        for (var open = template.IndexOf('{'); open >= 0; open = template.IndexOf('{', open + 1))
        {
            var close = template.IndexOf('}', open);
            if (close < 0)
            {
                throw new FormatException($"{operation.Name}: \"{template}\" lacks a brace");
            }

            var name = template.Substring(open + 1, close - open - 1);
            if (name is not ("partition" or "region" or "account"))
            {
                CheckPath(contract, operation, name);
            }
        }
    }

    /// <summary>A path names a member of the request, and members of its structures or of a list's structures after dots.</summary>
    private static void CheckPath(ContractModel contract, OperationModel operation, string? path)
    {
        if (path is null)
        {
            return;
        }

        var shape = operation.Input is null ? null : contract.Shape(operation.Input);
        foreach (var name in path.Split('.'))
        {
            while (shape?.Type is "list" or "map")
            {
                shape = contract.Shape(TypeWriter.Part(shape, shape.Type == "list" ? "item" : "value").Shape);
            }

            var member = shape?.Members.Find(member => member.Name == name)
                ?? throw new FormatException($"{operation.Name}: the request has no member {path}");
            shape = contract.Shape(member.Shape);
        }
    }
}
