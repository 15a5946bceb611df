using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>Checks repository policies, and writes them as AWS gives them back.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html</remarks>
internal static partial class RepositoryPolicy
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>Whether AWS would take it: one statement or more, each with an effect, principals and actions of the registry; no resource, since
    /// that is the repository. Whether principals exist is not asked.</summary>
    internal static bool IsValid(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, Options);
            var root = json.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.EnumerateObject().All(static member => member.Name is "Version" or "Id" or "Statement")
                && (!root.TryGetProperty("Version", out var version) || IsText(version, static text => text is "2012-10-17" or "2008-10-17"))
                && root.TryGetProperty("Statement", out var statement)
                && (statement.ValueKind == JsonValueKind.Object
                    ? IsStatement(statement)
                    : statement.ValueKind == JsonValueKind.Array && statement.GetArrayLength() > 0 && statement.EnumerateArray().All(IsStatement));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether it keeps everybody, the owner included, from ever changing the policy again: a denial without condition of SetRepositoryPolicy to all.
    /// </summary>
    internal static bool LocksOut(string text)
    {
        using var json = JsonDocument.Parse(text, Options);
        var statement = json.RootElement.GetProperty("Statement");
        return statement.ValueKind == JsonValueKind.Object ? Locks(statement) : statement.EnumerateArray().Any(Locks);
    }

    /// <summary>The form in which AWS keeps a policy: two spaces a level, a blank on both sides of colons, lists on one line.</summary>
    internal static string Format(string text)
    {
        using var json = JsonDocument.Parse(text, Options);
        var formatted = new StringBuilder(text.Length * 2);
        Write(formatted, json.RootElement, 0);
        return formatted.ToString();
    }

    private static bool IsStatement(JsonElement statement)
    {
        if (statement.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var member in statement.EnumerateObject())
        {
            var isGood = member.Name switch
            {
                "Sid" => IsText(member.Value, static _ => true),
                "Effect" => IsText(member.Value, static text => text is "Allow" or "Deny"),
                "Principal" or "NotPrincipal" => ArePrincipals(member.Value),
                "Action" or "NotAction" => AreTexts(member.Value, static text => text == "*" || ActionForm().IsMatch(text)),
                "Condition" => member.Value.ValueKind == JsonValueKind.Object
                    && member.Value.EnumerateObject().All(static test => test.Value.ValueKind == JsonValueKind.Object),
                _ => false,
            };
            if (!isGood)
            {
                return false;
            }
        }

        return statement.TryGetProperty("Effect", out _)
            && (statement.TryGetProperty("Principal", out _) ^ statement.TryGetProperty("NotPrincipal", out _))
            && (statement.TryGetProperty("Action", out _) ^ statement.TryGetProperty("NotAction", out _));
    }

    private static bool ArePrincipals(JsonElement principals) => principals.ValueKind switch
    {
        JsonValueKind.String => principals.GetString() == "*",
        JsonValueKind.Object => principals.EnumerateObject().Any() && principals.EnumerateObject().All(static kind => kind.Name switch
        {
            "AWS" => AreTexts(kind.Value, static text => text == "*" || AccountForm().IsMatch(text) || PrincipalForm().IsMatch(text)),
            "Service" => AreTexts(kind.Value, static text => ServiceForm().IsMatch(text)),
            "Federated" or "CanonicalUser" => AreTexts(kind.Value, static text => text.Length > 0),
            _ => false,
        }),
        _ => false,
    };

    private static bool Locks(JsonElement statement) =>
        statement.GetProperty("Effect").GetString() == "Deny"
        && !statement.TryGetProperty("Condition", out _)
        && statement.TryGetProperty("Principal", out var principal)
        && (principal.ValueKind == JsonValueKind.String
            || (principal.TryGetProperty("AWS", out var accounts) && HasText(accounts, static text => text == "*")))
        && statement.TryGetProperty("Action", out var actions)
        && HasText(actions, static text => TagMutability.Matches(text.ToUpperInvariant(), "ECR:SETREPOSITORYPOLICY"));

    private static bool IsText(JsonElement value, Func<string, bool> fits) => value.ValueKind == JsonValueKind.String && fits(value.GetString()!);

    private static bool AreTexts(JsonElement value, Func<string, bool> fits) =>
        value.ValueKind == JsonValueKind.Array
            ? value.GetArrayLength() > 0 && value.EnumerateArray().All(item => IsText(item, fits))
            : IsText(value, fits);

    private static bool HasText(JsonElement value, Func<string, bool> fits) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Any(item => IsText(item, fits)) : IsText(value, fits);

    private static void Write(StringBuilder text, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().Any():
                text.Append('{');
                var isFirst = true;
                foreach (var member in value.EnumerateObject())
                {
                    text.Append(isFirst ? "\n" : ",\n").Append(' ', (depth + 1) * 2).Append('"').Append(JsonEncodedText.Encode(member.Name)).Append("\" : ");
                    Write(text, member.Value, depth + 1);
                    isFirst = false;
                }

                text.Append('\n').Append(' ', depth * 2).Append('}');
                break;
            case JsonValueKind.Object:
                text.Append("{ }");
                break;
            case JsonValueKind.Array:
                text.Append("[ ");
                var separator = "";
                foreach (var item in value.EnumerateArray())
                {
                    text.Append(separator);
                    Write(text, item, depth);
                    separator = ", ";
                }

                text.Append(separator.Length == 0 ? "]" : " ]");
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    [GeneratedRegex(@"\Aecr:[A-Za-z*?]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex ActionForm();

    [GeneratedRegex(@"\A[0-9]{12}\z")]
    private static partial Regex AccountForm();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:(iam::[0-9]{12}:(root|user/|role/)|sts::[0-9]{12}:(assumed-role/|federated-user/))[^\s*]*\z")]
    private static partial Regex PrincipalForm();

    [GeneratedRegex(@"\A[a-z0-9.-]+\.amazonaws\.com(\.cn)?\z")]
    private static partial Regex ServiceForm();
}
