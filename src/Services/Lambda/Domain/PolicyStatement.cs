using System.Text.Json;
using Fogbank.Kernel;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>What one AddPermission added.</summary>
internal sealed record PolicyStatement
{
    public required string Sid { get; init; }

    /// <summary>As the document has it: <c>*</c>, an AWS ARN, or a service's name.</summary>
    public required string Principal { get; init; }

    public required string Action { get; init; }

    public required string Resource { get; init; }

    public string? SourceArn { get; init; }

    public string? SourceAccount { get; init; }

    public string? PrincipalOrgId { get; init; }

    public string? EventSourceToken { get; init; }

    public string? FunctionUrlAuthType { get; init; }

    public bool? InvokedViaFunctionUrl { get; init; }

    private bool IsService => Principal.EndsWith(".amazonaws.com", StringComparison.Ordinal) || Principal.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal);

    /// <summary>The principal of a request in the document's form; throws AWS's error where it is none.</summary>
    internal static string NormalizePrincipal(string principal)
    {
        if (principal == "*" || principal.EndsWith(".amazonaws.com", StringComparison.Ordinal) || principal.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal))
        {
            return principal;
        }

        if (principal.Length == 12 && principal.All(char.IsAsciiDigit))
        {
            return $"arn:aws:iam::{principal}:root";
        }

        if (Arn.TryParse(principal, out var arn) && arn.Service is "iam" or "sts" && arn.AccountId.Length == 12)
        {
            return principal;
        }

        throw LambdaErrors.InvalidParameter("The provided principal was invalid. Please check the principal and try again.");
    }

    internal string ToJson() => ResourcePolicy.Write(Write);

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString(nameof(Sid), Sid);
        writer.WriteString("Effect", "Allow");
        if (Principal == "*")
        {
            writer.WriteString(nameof(Principal), "*");
        }
        else
        {
            writer.WriteStartObject(nameof(Principal));
            writer.WriteString(IsService ? "Service" : "AWS", Principal);
            writer.WriteEndObject();
        }

        writer.WriteString(nameof(Action), Action);
        writer.WriteString(nameof(Resource), Resource);
        WriteConditions(writer);
        writer.WriteEndObject();
    }

    /// <summary>Whether it lets this caller take this action on this ARN.</summary>
    internal bool Allows(Principal principal, string action, string resourceArn) =>
        MatchesPrincipal(principal)
        && MatchesAction(action)
        && Resource == resourceArn
        && (SourceArn is null || (principal.SourceArn is { } source && Wildcard.Matches(SourceArn, source)))
        && (SourceAccount is null || SourceAccount == principal.SourceAccount)
        // What Fogbank cannot know of a caller yet counts as not given, so a statement that asks for it does not match.
        && PrincipalOrgId is null
        && EventSourceToken is null
        && FunctionUrlAuthType is null
        && InvokedViaFunctionUrl is not true;

    private bool MatchesPrincipal(Principal principal) => Principal switch
    {
        "*" => true,
        _ when IsService => principal.Kind == PrincipalKind.Service && principal.Arn == Principal,
        _ when principal.Kind == PrincipalKind.Service => false,
        _ => Principal == principal.Arn || Principal == principal.RoleArn || Principal == $"arn:aws:iam::{principal.AccountId}:root",
    };

    private bool MatchesAction(string action) =>
        Action is "*" or "lambda:*" || string.Equals(Action, action, StringComparison.OrdinalIgnoreCase);

    private void WriteConditions(Utf8JsonWriter writer)
    {
        (string Operator, string Key, string? Value)[] conditions =
        [
            ("StringEquals", "AWS:SourceAccount", SourceAccount),
            ("StringEquals", "aws:PrincipalOrgID", PrincipalOrgId),
            ("StringEquals", "lambda:EventSourceToken", EventSourceToken),
            ("StringEquals", "lambda:FunctionUrlAuthType", FunctionUrlAuthType),
            ("Bool", "lambda:InvokedViaFunctionUrl", InvokedViaFunctionUrl is { } via ? (via ? "true" : "false") : null),
            ("ArnLike", "AWS:SourceArn", SourceArn),
        ];
        var given = conditions.Where(condition => condition.Value is not null).GroupBy(condition => condition.Operator).ToList();
        if (given.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("Condition");
        foreach (var group in given)
        {
            writer.WriteStartObject(group.Key);
            foreach (var (_, key, value) in group)
            {
                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
