using System.Diagnostics.CodeAnalysis;
using Fogbank.Kernel;

namespace Fogbank.Services.S3.Notifications;

/// <summary>A function as a notification names it.</summary>
internal sealed record LambdaTarget(Scope Scope, string Name, string? Qualifier)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out LambdaTarget? target)
    {
        target = null;
        if (!Arn.TryParse(text, out var arn) || arn.Service != "lambda")
        {
            return false;
        }

        var parts = arn.Resource.Split(':');
        if (parts.Length is not (2 or 3) || parts[0] != "function" || parts[1].Length == 0 || arn.Region.Length == 0 || arn.AccountId.Length == 0)
        {
            return false;
        }

        target = new(new Scope(arn.AccountId, arn.Region), parts[1], parts.Length == 3 ? parts[2] : null);
        return true;
    }

    public static LambdaTarget Parse(string text) =>
        TryParse(text, out var target) ? target : throw new FormatException("A stored function ARN cannot be read.");
}
