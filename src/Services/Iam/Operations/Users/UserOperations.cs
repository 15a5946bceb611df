using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Operations.Users;

[Operation]
internal sealed class CreateUser(IamStore store, IIdSource ids, TimeProvider time) : IOperation<CreateUserRequest, CreateUserResponse>
{
    public async ValueTask<CreateUserResponse> HandleAsync(CreateUserRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var user = new UserRecord
        {
            AccountId = context.AccountId,
            Name = request.UserName,
            Id = ids.NewUserId(),
            Path = request.Path ?? "/",
            CreatedAt = time.GetUtcNow(),
            PermissionsBoundary = request.PermissionsBoundary,
            Tags = TagChange.Apply([], request.Tags, []),
        };
        var key = IamStore.Key(user.AccountId, user.Name);
        if (!await store.Database.TryPutAsync(IamTables.Users, key, user, expectedVersion: 0, cancellationToken))
        {
            throw IamErrors.UserExists(user.Name);
        }

        return new() { User = UserView.From(user) };
    }
}

[Operation]
internal sealed class GetUser(IamStore store) : IOperation<GetUserRequest, GetUserResponse>
{
    public async ValueTask<GetUserResponse> HandleAsync(GetUserRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.UserName is null && context.Principal.Kind == PrincipalKind.Root)
        {
            // AWS shows the account itself as a user without a name.
            return new()
            {
                User = new()
                {
                    Path = "/",
                    UserName = "root",
                    UserId = context.AccountId,
                    Arn = context.Principal.Arn,
                    CreateDate = DateTimeOffset.UnixEpoch,
                },
            };
        }

        var user = await store.Users.GetAsync(context.AccountId, UserName.Of(request.UserName, context), cancellationToken);
        return new() { User = UserView.From(user) };
    }
}

[Operation]
internal sealed class ListUsers(IamStore store) : IOperation<ListUsersRequest, ListUsersResponse>
{
    public async ValueTask<ListUsersResponse> HandleAsync(ListUsersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var prefix = request.PathPrefix ?? "/";
        var (users, marker) = await IamPaging.PageAsync(
            store.Database,
            IamTables.Users,
            IamStore.Key(context.AccountId),
            user => user.Path.StartsWith(prefix, StringComparison.Ordinal),
            request.Marker,
            request.MaxItems,
            cancellationToken);
        return new() { Users = [.. users.Select(UserView.Listed)], IsTruncated = marker is not null, Marker = marker };
    }
}

[Operation]
internal sealed class DeleteUser(IamStore store) : IOperation<DeleteUserRequest, DeleteUserResponse>
{
    public async ValueTask<DeleteUserResponse> HandleAsync(DeleteUserRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Database.WriteAsync(
            transaction =>
            {
                var key = IamStore.Key(context.AccountId, request.UserName);
                var user = transaction.Get(IamTables.Users, key).Value ?? throw IamErrors.NoSuchUser(request.UserName);
                if (user.AttachedPolicies.Count > 0)
                {
                    throw IamErrors.MustDetachFirst();
                }

                if (user.InlinePolicies.Count > 0)
                {
                    throw IamErrors.MustDeletePoliciesFirst();
                }

                if (transaction.Scan(IamTables.AccessKeys, key, limit: 1).Items.Count > 0)
                {
                    throw IamErrors.MustDeleteAccessKeysFirst();
                }

                transaction.Delete(IamTables.Users, key);
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class TagUser(IamStore store) : IOperation<TagUserRequest, TagUserResponse>
{
    public async ValueTask<TagUserResponse> HandleAsync(TagUserRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Users.ChangeTagsAsync(context, request.UserName, request.Tags, [], cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class UntagUser(IamStore store) : IOperation<UntagUserRequest, UntagUserResponse>
{
    public async ValueTask<UntagUserResponse> HandleAsync(UntagUserRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Users.ChangeTagsAsync(context, request.UserName, null, request.TagKeys, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ListUserTags(IamStore store) : IOperation<ListUserTagsRequest, ListUserTagsResponse>
{
    public async ValueTask<ListUserTagsResponse> HandleAsync(
        ListUserTagsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (tags, marker) = await store.Users.ListTagsAsync(context, request.UserName, request.Marker, request.MaxItems, cancellationToken);
        return new() { Tags = tags, IsTruncated = marker is not null, Marker = marker };
    }
}

/// <summary>Groups are not built, so no user can be in one: the list is truly empty. Clients ask before they delete a user.</summary>
[Operation]
internal sealed class ListGroupsForUser(IamStore store) : IOperation<ListGroupsForUserRequest, ListGroupsForUserResponse>
{
    public async ValueTask<ListGroupsForUserResponse> HandleAsync(
        ListGroupsForUserRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Users.GetAsync(context.AccountId, request.UserName, cancellationToken);
        return new() { Groups = [], IsTruncated = false };
    }
}
