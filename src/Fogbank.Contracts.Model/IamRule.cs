namespace Fogbank.Contracts;

/// <summary>One permission that an operation asks for.</summary>
/// <param name="Action">The IAM action: <c>s3:GetObjectVersion</c>.</param>
/// <param name="Resource">
/// The ARN it is asked on. <c>{partition}</c>, <c>{region}</c> and <c>{account}</c> come from the call, any other <c>{Member}</c> or
/// <c>{Member.Member}</c> from the request. Where the value of a member is an ARN itself, it takes the place of the whole template. A path
/// through a list asks for the permission on each item. "*" where the action knows no resource.
/// </param>
/// <param name="When">The rule applies only where this member is present; null for always.</param>
/// <param name="Unless">The rule applies only where this member is absent; null for always.</param>
/// <param name="Conditions">Condition keys and the members of the request that hold their values.</param>
/// <param name="PassedTo">For <c>iam:PassRole</c>: the service that the role is passed to (<c>iam:PassedToService</c>); null elsewhere.</param>
public sealed record IamRule(
    string Action,
    string Resource,
    string? When,
    string? Unless,
    IReadOnlyList<KeyValuePair<string, string>> Conditions,
    string? PassedTo)
{
    internal static IamRule Parse(ReadOnlySpan<string> fields)
    {
        var presence = fields[2];
        return new IamRule(
            fields[0],
            fields[1],
            presence.StartsWith('+') ? presence[1..] : null,
            presence.StartsWith('-') ? presence[1..] : null,
            Array.ConvertAll(fields[3].Split(';', StringSplitOptions.RemoveEmptyEntries), ParseCondition),
            fields[4].Length == 0 ? null : fields[4]);
    }

    private static KeyValuePair<string, string> ParseCondition(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        return new(text[..sign], text[(sign + 1)..]);
    }
}
