using Fogbank.Services.Iam.Domain;

namespace Fogbank.Services.Iam.Operations;

/// <summary>Refuses documents that AWS would refuse.</summary>
internal static class TrustPolicyCheck
{
    internal static void Throw(string document)
    {
        if (IamLimits.CountCharacters(document) > IamLimits.TrustPolicyCharacters)
        {
            throw IamErrors.LimitExceeded($"Cannot exceed quota for ACLSizePerRole: {IamLimits.TrustPolicyCharacters}");
        }

        if (PolicyDocument.FindTrustFault(document) is { } fault)
        {
            throw IamErrors.MalformedPolicy(fault);
        }
    }
}

/// <inheritdoc cref="TrustPolicyCheck"/>
internal static class PolicyCheck
{
    internal static void Throw(string document)
    {
        if (PolicyDocument.FindFault(document) is { } fault)
        {
            throw IamErrors.MalformedPolicy(fault);
        }
    }

    /// <summary>Puts an inline policy among others, within the limit of all together.</summary>
    internal static SortedDictionary<string, string> PutInline(
        SortedDictionary<string, string> current, string name, string document, string kind, string owner, int limit)
    {
        var next = new SortedDictionary<string, string>(current, StringComparer.Ordinal) { [name] = document };
        return next.Values.Sum(IamLimits.CountCharacters) <= limit
            ? next
            : throw IamErrors.LimitExceeded($"Maximum policy size of {limit} bytes exceeded for {kind} {owner}");
    }
}
