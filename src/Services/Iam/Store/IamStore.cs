using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Store;

/// <summary>Typed reads and writes of IAM's records. Names of identities are unique without regard to case, so keys hold them in lower case.</summary>
internal sealed class IamStore : IServiceLifetime, IResettable
{

    // Access keys are unique without an account: a request names only the key.
    private const string AccessKeyName = "iam.access-key";
    private readonly IStore _store;
    private IDatabase? _database;

    public IamStore(IStore store)
    {
        _store = store;
        Roles = new(this, IamTables.Roles, IamErrors.NoSuchRole, IamLimits.InlineRoleCharacters);
        Users = new(this, IamTables.Users, IamErrors.NoSuchUser, IamLimits.InlineUserCharacters);
    }

    public string Service => "iam";

    internal Identities<RoleRecord> Roles { get; }

    internal Identities<UserRecord> Users { get; }

    internal IDatabase Database => _database ?? throw new InvalidOperationException("IAM has not started.");

    public async ValueTask StartAsync(CancellationToken cancellationToken) =>
        _database = await _store.OpenAsync(
            new DatabaseSchema
            {
                Database = "control",
                Owner = "iam",
                Tables = IamTables.All,
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

    internal async ValueTask<PolicyRecord?> FindPolicyAsync(PolicyArn arn, CancellationToken cancellationToken)
    {
        var record = (await Database.GetAsync(IamTables.Policies, PolicyKey(arn), cancellationToken)).Value;
        return record?.Path == arn.Path ? record : null;
    }

    internal static void PutAccessKey(ITransaction transaction, AccessKeyRecord record)
    {
        var key = StoreKey.Of(record.AccountId, Scope.Global, record.UserName.ToLowerInvariant(), record.AccessKeyId);
        transaction.Put(IamTables.AccessKeys, key, record);
        transaction.ClaimName(AccessKeyName, record.AccessKeyId, key);
    }

    internal static void DeleteAccessKey(ITransaction transaction, AccessKeyRecord record)
    {
        transaction.Delete(IamTables.AccessKeys, Key(record.AccountId, record.UserName).Add(record.AccessKeyId));
        transaction.ReleaseName(AccessKeyName, record.AccessKeyId);
    }

    internal async ValueTask<AccessKeyRecord?> FindAccessKeyAsync(string accessKeyId, CancellationToken cancellationToken) =>
        await Database.FindNameAsync(AccessKeyName, accessKeyId, cancellationToken) is { } key
            ? (await Database.GetAsync(IamTables.AccessKeys, key, cancellationToken)).Value
            : null;
}
