using Fogbank.Kernel;

namespace Fogbank.Services.Logs.Operations;

/// <summary>Calls name a group by its name or, newer ones, by name or ARN.</summary>
internal static class GroupName
{
    internal static string Of(string? name, string? identifier, Scope scope)
    {
        if (name is not null)
        {
            return identifier is null ? name : throw LogsErrors.NameAndArn();
        }

        if (identifier is null)
        {
            throw LogsErrors.GroupNameMissing();
        }

        if (!identifier.StartsWith("arn:", StringComparison.Ordinal))
        {
            return identifier;
        }

        // A group of another account or region is none of this one's.
        return TryParseArn(identifier, out var arn, out var group) && arn.AccountId == scope.AccountId && arn.Region == scope.Region
            ? group
            : throw LogsErrors.NoSuchGroup();
    }

    /// <summary>The group of an ARN of a group, with or without its <c>:*</c>.</summary>
    internal static bool TryParseArn(string text, out Arn arn, out string group)
    {
        const string prefix = "log-group:";
        group = "";
        if (!Arn.TryParse(text, out var parsed) || parsed.Service != "logs" || !parsed.Resource.StartsWith(prefix, StringComparison.Ordinal))
        {
            arn = new("", "", "", "");
            return false;
        }

        arn = parsed;
        group = parsed.Resource[prefix.Length..];
        group = group.EndsWith(":*", StringComparison.Ordinal) ? group[..^2] : group;
        return true;
    }
}
