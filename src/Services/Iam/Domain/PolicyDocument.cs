using System.Text.Json;

namespace Fogbank.Services.Iam.Domain;

/// <summary>Checks the grammar of policy documents.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html</remarks>
internal static class PolicyDocument
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>Checks a policy that stands with an identity or by itself.</summary>
    /// <returns>What is wrong, in AWS's words; null for a good one.</returns>
    internal static string? FindFault(string document) => FindFault(document, isTrust: false);

    /// <summary>Checks who may assume a role.</summary>
    internal static string? FindTrustFault(string document) => FindFault(document, isTrust: true);

    private static string? FindFault(string document, bool isTrust)
    {
        try
        {
            using var json = JsonDocument.Parse(document, Options);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return "Syntax errors in policy.";
            }

            return FindFault(json.RootElement, isTrust);
        }
        catch (JsonException)
        {
            return "This policy contains invalid Json";
        }
    }

    private static string? FindFault(JsonElement root, bool isTrust)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.Name is not ("Version" or "Id" or "Statement"))
            {
                return "Syntax errors in policy.";
            }
        }

        if (root.TryGetProperty("Version", out var version)
            && (version.ValueKind != JsonValueKind.String || version.GetString() is not ("2012-10-17" or "2008-10-17")))
        {
            return "Syntax errors in policy.";
        }

        if (!root.TryGetProperty("Statement", out var statements))
        {
            return "Syntax errors in policy.";
        }

        if (statements.ValueKind == JsonValueKind.Object)
        {
            return FindStatementFault(statements, isTrust);
        }

        if (statements.ValueKind != JsonValueKind.Array || statements.GetArrayLength() == 0)
        {
            return "Syntax errors in policy.";
        }

        foreach (var statement in statements.EnumerateArray())
        {
            if (FindStatementFault(statement, isTrust) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? FindStatementFault(JsonElement statement, bool isTrust)
    {
        if (statement.ValueKind != JsonValueKind.Object)
        {
            return "Syntax errors in policy.";
        }

        if (!statement.TryGetProperty("Effect", out var effect)
            || effect.ValueKind != JsonValueKind.String
            || effect.GetString() is not ("Allow" or "Deny"))
        {
            return "Syntax errors in policy.";
        }

        if (HasOneOf(statement, "Action", "NotAction") is false)
        {
            return "Policy statement must contain actions.";
        }

        var hasResource = HasOneOf(statement, "Resource", "NotResource");
        var hasPrincipal = HasOneOf(statement, "Principal", "NotPrincipal");
        if (isTrust)
        {
            return hasResource ? "Has prohibited field Resource" : hasPrincipal ? null : "Missing required field Principal";
        }

        return hasPrincipal ? "Policy document should not specify a principal."
            : hasResource ? null
            : "Policy statement must contain resources.";
    }

    private static bool HasOneOf(JsonElement statement, string name, string negated) =>
        statement.TryGetProperty(name, out _) || statement.TryGetProperty(negated, out _);
}
