using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Store;

/// <summary>Typed reads and writes of IAM's records. Names of identities are unique without regard to case, so keys hold them in lower case.</summary>
internal sealed class IamStore(IStore store) : IServiceLifetime, IResettable
{
    internal static readonly Table<RoleRecord> Roles = new("iam.role", IamJson.Default.RoleRecord);
    internal static readonly Table<UserRecord> Users = new("iam.user", IamJson.Default.UserRecord);
    internal static readonly Table<PolicyRecord> Policies = new("iam.policy", IamJson.Default.PolicyRecord);
    internal static readonly Table<AttachmentRecord> Attachments = new("iam.attachment", IamJson.Default.AttachmentRecord);
    internal static readonly Table<AttachedPolicyRecord> AttachedPolicies = new("iam.attached-policy", IamJson.Default.AttachedPolicyRecord);
    internal static readonly Table<AccessKeyRecord> AccessKeys = new("iam.access-key", IamJson.Default.AccessKeyRecord);

    // Access keys are unique without an account: a request names only the key.
    private const string AccessKeyName = "iam.access-key";
    private IDatabase? _database;

    public string Service => "iam";

    internal IDatabase Database => _database ?? throw new InvalidOperationException("IAM has not started.");

    public async ValueTask StartAsync(CancellationToken cancellationToken) =>
        _database = await store.OpenAsync(
            new DatabaseSchema
            {
                Database = "control",
                Owner = "iam",
                Tables = [Roles, Users, Policies, Attachments, AttachedPolicies, AccessKeys],
                Steps = [new(1, "count the attachments of each policy", PolicyAttachments.CountStored)],
            },
            cancellationToken);

    public ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken)
    {
        if (region is not null && region != Scope.Global)
        {
            return; // IAM belongs to no region: a reset of one leaves it alone.
        }

        await Database.ResetAsync(accountId is null ? null : StoreKey.OfAccount(accountId), "iam", cancellationToken);
    }

    internal static StoreKey Key(string accountId) => StoreKey.Of(accountId, Scope.Global);

    internal static StoreKey Key(string accountId, string name) => StoreKey.Of(accountId, Scope.Global, name.ToLowerInvariant());

    internal static StoreKey PolicyKey(PolicyArn policy) => Key(policy.AccountId, policy.Name);

    internal async ValueTask<RoleRecord> GetRoleAsync(string accountId, string name, CancellationToken cancellationToken) =>
        (await Database.GetAsync(Roles, Key(accountId, name), cancellationToken)).Value ?? throw IamErrors.NoSuchRole(name);

    internal async ValueTask<UserRecord> GetUserAsync(string accountId, string name, CancellationToken cancellationToken) =>
        (await Database.GetAsync(Users, Key(accountId, name), cancellationToken)).Value ?? throw IamErrors.NoSuchUser(name);

    internal async ValueTask<PolicyRecord?> FindPolicyAsync(PolicyArn arn, CancellationToken cancellationToken)
    {
        var record = (await Database.GetAsync(Policies, PolicyKey(arn), cancellationToken)).Value;
        return record?.Path == arn.Path ? record : null;
    }

    /// <summary>Changes a role in one transaction.</summary>
    internal ValueTask<RoleRecord> ChangeRoleAsync(
        string accountId, string name, Func<ITransaction, RoleRecord, RoleRecord> change, CancellationToken cancellationToken) =>
        ChangeAsync(Roles, accountId, name, IamErrors.NoSuchRole, change, cancellationToken);

    /// <inheritdoc cref="ChangeRoleAsync"/>
    internal ValueTask<UserRecord> ChangeUserAsync(
        string accountId, string name, Func<ITransaction, UserRecord, UserRecord> change, CancellationToken cancellationToken) =>
        ChangeAsync(Users, accountId, name, IamErrors.NoSuchUser, change, cancellationToken);

    internal static void PutAccessKey(ITransaction transaction, AccessKeyRecord record)
    {
        var key = StoreKey.Of(record.AccountId, Scope.Global, record.UserName.ToLowerInvariant(), record.AccessKeyId);
        transaction.Put(AccessKeys, key, record);
        transaction.ClaimName(AccessKeyName, record.AccessKeyId, key);
    }

    internal static void DeleteAccessKey(ITransaction transaction, AccessKeyRecord record)
    {
        transaction.Delete(AccessKeys, Key(record.AccountId, record.UserName).Add(record.AccessKeyId));
        transaction.ReleaseName(AccessKeyName, record.AccessKeyId);
    }

    internal async ValueTask<AccessKeyRecord?> FindAccessKeyAsync(string accessKeyId, CancellationToken cancellationToken) =>
        await Database.FindNameAsync(AccessKeyName, accessKeyId, cancellationToken) is { } key
            ? (await Database.GetAsync(AccessKeys, key, cancellationToken)).Value
            : null;

    private ValueTask<T> ChangeAsync<T>(
        Table<T> table,
        string accountId,
        string name,
        Func<string, AwsException> notFound,
        Func<ITransaction, T, T> change,
        CancellationToken cancellationToken)
        where T : class =>
        Database.WriteAsync(
            transaction =>
            {
                var key = Key(accountId, name);
                var current = transaction.Get(table, key).Value ?? throw notFound(name);
                var next = change(transaction, current);
                transaction.Put(table, key, next);
                return next;
            },
            cancellationToken);
}
