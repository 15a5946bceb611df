using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Operations.Users;

[Operation]
internal sealed class CreateAccessKey(IamStore store, IamSecrets secrets, IIdSource ids, TimeProvider time)
    : IOperation<CreateAccessKeyRequest, CreateAccessKeyResponse>
{
    public async ValueTask<CreateAccessKeyResponse> HandleAsync(
        CreateAccessKeyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var userName = UserName.Of(request.UserName, context);
        var secret = ids.NewSecret();
        var record = new AccessKeyRecord
        {
            AccessKeyId = ids.NewAccessKeyId(),
            SealedSecret = secrets.Seal(secret),
            AccountId = context.AccountId,
            UserName = userName,
            CreatedAt = time.GetUtcNow(),
        };
        await store.Database.WriteAsync(
            transaction =>
            {
                var user = IamStore.Key(context.AccountId, userName);
                if (transaction.Get(IamTables.Users, user).Value is null)
                {
                    throw IamErrors.NoSuchUser(userName);
                }

                if (transaction.Scan(IamTables.AccessKeys, user, IamLimits.AccessKeysPerUser).Items.Count >= IamLimits.AccessKeysPerUser)
                {
                    throw IamErrors.LimitExceeded($"Cannot exceed quota for AccessKeysPerUser: {IamLimits.AccessKeysPerUser}");
                }

                IamStore.PutAccessKey(transaction, record);
            },
            cancellationToken);
        return new()
        {
            AccessKey = new()
            {
                UserName = userName,
                AccessKeyId = record.AccessKeyId,
                Status = "Active",
                SecretAccessKey = secret,
                CreateDate = record.CreatedAt,
            },
        };
    }
}

[Operation]
internal sealed class ListAccessKeys(IamStore store) : IOperation<ListAccessKeysRequest, ListAccessKeysResponse>
{
    public async ValueTask<ListAccessKeysResponse> HandleAsync(
        ListAccessKeysRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var user = await store.Users.GetAsync(context.AccountId, UserName.Of(request.UserName, context), cancellationToken);
        var (keys, marker) = await IamPaging.PageAsync(
            store.Database,
            IamTables.AccessKeys,
            IamStore.Key(context.AccountId, user.Name),
            _ => true,
            request.Marker,
            request.MaxItems,
            cancellationToken);
        return new()
        {
            AccessKeyMetadata =
            [
                .. keys.Select(key => new AccessKeyMetadata
                {
                    UserName = key.UserName,
                    AccessKeyId = key.AccessKeyId,
                    Status = key.IsActive ? "Active" : "Inactive",
                    CreateDate = key.CreatedAt,
                }),
            ],
            IsTruncated = marker is not null,
            Marker = marker,
        };
    }
}

[Operation]
internal sealed class UpdateAccessKey(IamStore store) : IOperation<UpdateAccessKeyRequest, UpdateAccessKeyResponse>
{
    public async ValueTask<UpdateAccessKeyResponse> HandleAsync(
        UpdateAccessKeyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var userName = UserName.Of(request.UserName, context);
        await store.Database.WriteAsync(
            transaction =>
            {
                var key = IamStore.Key(context.AccountId, userName).Add(request.AccessKeyId);
                var record = transaction.Get(IamTables.AccessKeys, key).Value ?? throw IamErrors.NoSuchAccessKey(request.AccessKeyId);
                transaction.Put(IamTables.AccessKeys, key, record with { IsActive = request.Status == "Active" });
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteAccessKey(IamStore store) : IOperation<DeleteAccessKeyRequest, DeleteAccessKeyResponse>
{
    public async ValueTask<DeleteAccessKeyResponse> HandleAsync(
        DeleteAccessKeyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var userName = UserName.Of(request.UserName, context);
        await store.Database.WriteAsync(
            transaction =>
            {
                var key = IamStore.Key(context.AccountId, userName).Add(request.AccessKeyId);
                IamStore.DeleteAccessKey(
                    transaction, transaction.Get(IamTables.AccessKeys, key).Value ?? throw IamErrors.NoSuchAccessKey(request.AccessKeyId));
            },
            cancellationToken);
        return new();
    }
}
