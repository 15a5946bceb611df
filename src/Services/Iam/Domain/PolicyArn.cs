using Fogbank.Kernel;

namespace Fogbank.Services.Iam.Domain;

/// <summary>The ARN of a managed policy: AWS's own (account <c>aws</c>) or a customer's.</summary>
/// <param name="AccountId">Twelve digits, or <c>aws</c>.</param>
/// <param name="Path">Begins and ends with a slash.</param>
internal sealed record PolicyArn(string AccountId, string Path, string Name)
{
    internal bool IsAwsManaged => AccountId == "aws";

    public override string ToString() => $"arn:aws:iam::{AccountId}:policy{Path}{Name}";

    internal static bool TryParse(string text, out PolicyArn policy)
    {
        policy = new("", "/", "");
        if (!Arn.TryParse(text, out var arn)
            || arn.Service != "iam"
            || !arn.Resource.StartsWith("policy/", StringComparison.Ordinal)
            || arn.Resource.EndsWith('/'))
        {
            return false;
        }

        var slash = arn.Resource.LastIndexOf('/');
        policy = new(arn.AccountId, arn.Resource["policy".Length..(slash + 1)], arn.Resource[(slash + 1)..]);
        return true;
    }
}
