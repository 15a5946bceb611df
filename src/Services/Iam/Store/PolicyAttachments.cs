using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Store;

/// <summary>
/// Managed policies on identities. The identity lists its policies; beside it there is one row for each attachment, found by the policy, and one for each
/// policy that is attached, with their number: no answer has to count.
/// </summary>
internal static class PolicyAttachments
{
    /// <summary>The range of a policy's attachments, and the row of its number.</summary>
    internal static StoreKey Key(string accountId, string policyArn) => StoreKey.Of(accountId, Scope.Global, policyArn);

    /// <summary>Attaches a managed policy; attaching it again changes nothing.</summary>
    internal static T Attach<T>(ITransaction transaction, T identity, PolicyArn policy)
        where T : IdentityRecord
    {
        var arn = policy.ToString();
        CheckAttachable(transaction, identity, policy);
        if (identity.AttachedPolicies.Contains(arn))
        {
            return identity;
        }

        if (identity.AttachedPolicies.Count >= IamLimits.AttachedPolicies)
        {
            throw IamErrors.LimitExceeded($"Cannot exceed quota for PoliciesPer{identity.KindTitle}: {IamLimits.AttachedPolicies}");
        }

        return AttachOwn(transaction, identity, arn);
    }

    /// <summary>Attaches what IAM itself decided on: the policy of a service-linked role, which nobody else may attach.</summary>
    internal static T AttachOwn<T>(ITransaction transaction, T identity, string arn)
        where T : IdentityRecord
    {
        transaction.Put(IamTables.Attachments, Key(identity, arn), new AttachmentRecord(arn, identity.Kind, identity.Name, identity.Id));
        Count(transaction, identity.AccountId, arn, 1);
        return identity with { AttachedPolicies = [.. identity.AttachedPolicies, arn] };
    }

    /// <summary>Detaches a managed policy.</summary>
    internal static T Detach<T>(ITransaction transaction, T identity, string policyArn)
        where T : IdentityRecord
    {
        if (!identity.AttachedPolicies.Contains(policyArn))
        {
            throw IamErrors.PolicyNotFound(policyArn);
        }

        transaction.Delete(IamTables.Attachments, Key(identity, policyArn));
        Count(transaction, identity.AccountId, policyArn, -1);
        return identity with { AttachedPolicies = [.. identity.AttachedPolicies.Where(arn => arn != policyArn)] };
    }

    internal static async ValueTask<int> CountAsync(
        IDatabase database, string accountId, string policyArn, CancellationToken cancellationToken) =>
        (await database.GetAsync(IamTables.AttachedPolicies, Key(accountId, policyArn), cancellationToken)).Value?.Attachments ?? 0;

    /// <summary>Makes the numbers for a database that was written before there were any.</summary>
    internal static void CountStored(IMigration migration) =>
        migration.ForEach(
            IamTables.Attachments,
            (key, attachment) => Count(migration.Transaction, key.Scope.AccountId, attachment.PolicyArn, 1));

    private static StoreKey Key(IdentityRecord identity, string policyArn) =>
        Key(identity.AccountId, policyArn).Add(identity.Kind, identity.Name.ToLowerInvariant());

    private static void CheckAttachable(ITransaction transaction, IdentityRecord identity, PolicyArn policy)
    {
        var arn = policy.ToString();
        if (policy.IsAwsManaged)
        {
            if (AwsManagedPolicies.Find(policy) is null)
            {
                throw IamErrors.PolicyNotAttachable(arn);
            }

            if (policy.Path == AwsManagedPolicies.ServiceLinkedPath)
            {
                throw IamErrors.PolicyOfServiceLinkedRole(identity.KindTitle);
            }
        }
        else if (policy.AccountId != identity.AccountId
            || transaction.Get(IamTables.Policies, IamStore.PolicyKey(policy)).Value is not { } record
            || record.Path != policy.Path)
        {
            throw IamErrors.PolicyNotAttachable(arn);
        }
    }

    private static void Count(ITransaction transaction, string accountId, string policyArn, int difference)
    {
        var key = Key(accountId, policyArn);
        var attachments = (transaction.Get(IamTables.AttachedPolicies, key).Value?.Attachments ?? 0) + difference;
        if (attachments == 0)
        {
            transaction.Delete(IamTables.AttachedPolicies, key);
        }
        else
        {
            transaction.Put(IamTables.AttachedPolicies, key, new AttachedPolicyRecord(policyArn, attachments));
        }
    }
}
