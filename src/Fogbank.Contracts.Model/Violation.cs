namespace Fogbank.Contracts;

/// <summary>A way in which a request broke its model.</summary>
/// <param name="Path">Dotted path of the member as AWS prints it: <c>targets.1.member.id</c>.</param>
/// <param name="Value">The offending value as AWS prints it; null prints as "null" (or, where <paramref name="IsMissing"/>, as AWS does).</param>
/// <param name="Demand">What it failed to satisfy: "Member must have length less than or equal to 64".</param>
/// <param name="IsMissing">The member is required and absent: some protocols have words of their own for it.</param>
public readonly record struct Violation(string Path, string? Value, string Demand, bool IsMissing)
{
    /// <summary>The member of the operation's input in which it was found; null where the violation concerns none.</summary>
    public MemberSchema? Root { get; init; }
}
