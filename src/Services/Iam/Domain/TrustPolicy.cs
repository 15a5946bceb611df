using System.Text.Json;

namespace Fogbank.Services.Iam.Domain;

/// <summary>Whom a role's trust policy lets assume it. Conditions are not judged yet: a statement with one counts as if it held.</summary>
internal static class TrustPolicy
{
    /// <summary>Whether a service may assume the role.</summary>
    /// <param name="document">A document that <see cref="PolicyDocument.FindTrustFault"/> found good.</param>
    /// <param name="service"><c>lambda.amazonaws.com</c>.</param>
    internal static bool AllowsService(string document, string service)
    {
        using var json = JsonDocument.Parse(document);
        var statements = json.RootElement.GetProperty("Statement");
        var allowed = false;
        foreach (var statement in Each(statements))
        {
            if (!NamesService(statement, service) || !HasAction(statement, "sts:AssumeRole"))
            {
                continue;
            }

            if (statement.GetProperty("Effect").GetString() == "Deny")
            {
                return false;
            }

            allowed = true;
        }

        return allowed;
    }

    private static bool NamesService(JsonElement statement, string service)
    {
        if (!statement.TryGetProperty("Principal", out var principal))
        {
            return false;
        }

        if (principal.ValueKind == JsonValueKind.String)
        {
            return principal.GetString() == "*";
        }

        return principal.ValueKind == JsonValueKind.Object
            && principal.TryGetProperty("Service", out var services)
            && Each(services).Any(name => name.GetString() == service);
    }

    private static bool HasAction(JsonElement statement, string action) =>
        statement.TryGetProperty("Action", out var actions)
        && Each(actions).Any(name => name.GetString() is { } text
            && (text == "*" || text.Equals("sts:*", StringComparison.OrdinalIgnoreCase) || text.Equals(action, StringComparison.OrdinalIgnoreCase)));

    private static JsonElement[] Each(JsonElement oneOrMany) =>
        oneOrMany.ValueKind == JsonValueKind.Array ? [.. oneOrMany.EnumerateArray()] : [oneOrMany];
}
