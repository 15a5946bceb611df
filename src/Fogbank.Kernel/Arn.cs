using System.Diagnostics.CodeAnalysis;

namespace Fogbank.Kernel;

/// <summary>An Amazon Resource Name, <c>arn:partition:service:region:account:resource</c>.</summary>
/// <param name="Region">Empty for global services.</param>
/// <param name="AccountId">Empty where the name belongs to no account (S3 buckets).</param>
/// <param name="Resource">All that follows the fifth colon, colons included.</param>
public sealed record Arn(string Service, string Region, string AccountId, string Resource, string Partition = "aws")
{
    public override string ToString() => $"arn:{Partition}:{Service}:{Region}:{AccountId}:{Resource}";

    public static bool TryParse(string? text, [NotNullWhen(true)] out Arn? arn)
    {
        arn = null;
        var parts = text?.Split(':', 6);
        if (parts is not { Length: 6 } || parts[0] != "arn" || parts[1].Length == 0 || parts[2].Length == 0 || parts[5].Length == 0)
        {
            return false;
        }

        arn = new Arn(parts[2], parts[3], parts[4], parts[5], parts[1]);
        return true;
    }
}
