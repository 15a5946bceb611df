using Fogbank.Kernel;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>What a request names: a function and perhaps a version of it.</summary>
/// <param name="Key">The function.</param>
/// <param name="Qualifier">From the name or the request's own parameter; null where neither has one.</param>
internal readonly record struct FunctionReference(FunctionKey Key, string? Qualifier)
{
    internal const string Latest = "$LATEST";

    private const int NameLength = 64;

    /// <summary>The ARN with the qualifier, where there is one.</summary>
    internal string Arn => Key.QualifiedArn(Qualifier);

    /// <summary>The version that is meant: the qualifier, or $LATEST without one.</summary>
    internal string VersionOrLatest => Qualifier ?? Latest;

    /// <summary>
    /// Reads a name, <c>name:qualifier</c>, a partial ARN (<c>123456789012:function:name</c>) or a whole one. The contract's pattern has
    /// already held, so only what the pattern cannot say is checked.
    /// </summary>
    /// <param name="text">The request's function name.</param>
    /// <param name="qualifier">The request's qualifier parameter.</param>
    /// <param name="scope">Account and region of the request.</param>
    internal static FunctionReference Parse(string text, string? qualifier, Scope scope)
    {
        if (!text.Contains(':', StringComparison.Ordinal))
        {
            return new(new(scope, text), qualifier);
        }

        var parts = text.Split(':');
        var at = 0;
        if (parts is ["arn", _, "lambda", ..])
        {
            at = 3;
        }

        var accountId = scope.AccountId;
        if (at < parts.Length - 1 && IsRegion(parts[at]) && (at == 3 || IsAccount(parts[at + 1])))
        {
            if (parts[at] != scope.Region)
            {
                throw LambdaErrors.OtherRegion(parts[at], scope.Region);
            }

            at++;
        }

        if (at < parts.Length - 1 && IsAccount(parts[at]))
        {
            accountId = parts[at++];
        }

        if (at < parts.Length - 1 && parts[at] == "function")
        {
            at++;
        }

        var name = parts[at++];
        var derived = at < parts.Length ? parts[at] : null;
        if (derived is not null && qualifier is not null && derived != qualifier)
        {
            throw LambdaErrors.QualifierMismatch();
        }

        return new(new(scope with { AccountId = accountId }, name), derived ?? qualifier);
    }

    /// <summary>As <see cref="Parse"/>, for operations on the caller's own functions: an ARN of another account is denied.</summary>
    internal static FunctionReference ParseOwn(string text, string? qualifier, RequestContext context, string action)
    {
        var reference = Parse(text, qualifier, context.Scope);
        return reference.Key.Scope.AccountId == context.AccountId
            ? reference
            : throw LambdaErrors.AccessDenied(context.Principal.Arn, action, reference.Arn);
    }

    /// <summary>The name of a function to make: its own limit, which the pattern does not have.</summary>
    internal static FunctionKey ParseNew(string text, RequestContext context)
    {
        var reference = ParseOwn(text, null, context, "lambda:CreateFunction");
        if (reference.Key.Name.Length > NameLength)
        {
            throw LambdaErrors.InvalidParameter(
                $"1 validation error detected: Value '{reference.Key.Name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to {NameLength}");
        }

        return reference.Key;
    }

    private static bool IsAccount(string text) => text.Length == 12 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsRegion(string text) =>
        text.Length > 5 && char.IsAsciiDigit(text[^1]) && text[^2] == '-' && text.IndexOf('-', StringComparison.Ordinal) is >= 2 and var dash && dash < text.Length - 2;
}
