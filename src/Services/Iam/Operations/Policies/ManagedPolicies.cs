using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Operations.Policies;

/// <summary>What the operations on managed policies share.</summary>
internal static class ManagedPolicies
{
    internal static PolicyArn Parse(string arn) => PolicyArn.TryParse(arn, out var policy) ? policy : throw IamErrors.InvalidArn();

    internal static void CheckDocument(string document)
    {
        PolicyCheck.Throw(document);
        if (IamLimits.CountCharacters(document) > IamLimits.ManagedPolicyCharacters)
        {
            throw IamErrors.LimitExceeded($"Cannot exceed quota for PolicySize: {IamLimits.ManagedPolicyCharacters}");
        }
    }

    /// <summary>A customer's policy inside a transaction. Only the caller's own can be changed.</summary>
    internal static (StoreKey Key, PolicyRecord Policy) Get(ITransaction transaction, string arn, RequestContext context)
    {
        var parsed = Parse(arn);
        var key = IamStore.PolicyKey(parsed);
        return parsed.AccountId == context.AccountId
            && transaction.Get(IamTables.Policies, key).Value is { } policy
            && policy.Path == parsed.Path
                ? (key, policy)
                : throw IamErrors.PolicyNotFound(arn);
    }

    internal static ValueTask<PolicyRecord> ChangeAsync(
        IamStore store, string arn, RequestContext context, Func<PolicyRecord, PolicyRecord> change, CancellationToken cancellationToken) =>
        store.Database.WriteAsync(
            transaction =>
            {
                var (key, policy) = Get(transaction, arn, context);
                var next = change(policy);
                transaction.Put(IamTables.Policies, key, next);
                return next;
            },
            cancellationToken);

    internal static PolicyVersionRecord GetVersion(PolicyRecord policy, string versionId) =>
        policy.Versions.FirstOrDefault(version => PolicyView.VersionId(version.Number) == versionId)
        ?? throw IamErrors.PolicyVersionNotFound(policy.Arn, versionId);
}
