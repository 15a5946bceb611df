using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Operations.Policies;

[Operation]
internal sealed class CreatePolicy(IamStore store, IIdSource ids, TimeProvider time) : IOperation<CreatePolicyRequest, CreatePolicyResponse>
{
    public async ValueTask<CreatePolicyResponse> HandleAsync(CreatePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        ManagedPolicies.CheckDocument(request.PolicyDocument);
        var now = time.GetUtcNow();
        var policy = new PolicyRecord
        {
            AccountId = context.AccountId,
            Name = request.PolicyName,
            Id = ids.NewPolicyId(),
            Path = request.Path ?? "/",
            Description = request.Description,
            CreatedAt = now,
            UpdatedAt = now,
            Versions = [new(1, request.PolicyDocument, now)],
            DefaultVersion = 1,
            NextVersion = 2,
            Tags = TagChange.Apply([], request.Tags, []),
        };
        var key = IamStore.Key(policy.AccountId, policy.Name);
        if (!await store.Database.TryPutAsync(IamTables.Policies, key, policy, expectedVersion: 0, cancellationToken))
        {
            throw IamErrors.PolicyExists(policy.Name);
        }

        return new() { Policy = PolicyView.From(policy with { Description = null }, attachments: 0, withTags: false) };
    }
}

[Operation]
internal sealed class GetPolicy(IamStore store) : IOperation<GetPolicyRequest, GetPolicyResponse>
{
    public async ValueTask<GetPolicyResponse> HandleAsync(GetPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = ManagedPolicies.Parse(request.PolicyArn);
        var attachments = await PolicyAttachments.CountAsync(store.Database, context.AccountId, request.PolicyArn, cancellationToken);
        if (AwsManagedPolicies.Find(arn) is { } managed)
        {
            return new() { Policy = PolicyView.AwsManaged(managed, attachments) };
        }

        var policy = await store.FindPolicyAsync(arn, cancellationToken) ?? throw IamErrors.PolicyNotFound(request.PolicyArn);
        return new() { Policy = PolicyView.From(policy, attachments, withTags: true) };
    }
}

[Operation]
internal sealed class ListPolicies(IamStore store) : IOperation<ListPoliciesRequest, ListPoliciesResponse>
{
    public async ValueTask<ListPoliciesResponse> HandleAsync(ListPoliciesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.PolicyUsageFilter is PolicyUsageType.PermissionsBoundary)
        {
            throw CommonErrors.SettingNotSupported(IamErrorCodes.InvalidInputException, "PolicyUsageFilter PermissionsBoundary");
        }

        var listing = new PolicyListing(store, context.AccountId, request.PathPrefix ?? "/", request.OnlyAttached is true);
        var (policies, marker) = await listing.PageAsync(request.Scope, request.Marker, request.MaxItems, cancellationToken);
        return new() { Policies = policies, IsTruncated = marker is not null, Marker = marker };
    }
}

[Operation]
internal sealed class DeletePolicy(IamStore store) : IOperation<DeletePolicyRequest, DeletePolicyResponse>
{
    public async ValueTask<DeletePolicyResponse> HandleAsync(DeletePolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Database.WriteAsync(
            transaction =>
            {
                var (key, policy) = ManagedPolicies.Get(transaction, request.PolicyArn, context);
                if (policy.Versions.Count > 1)
                {
                    throw IamErrors.PolicyHasVersions();
                }

                if (transaction.Get(IamTables.AttachedPolicies, PolicyAttachments.Key(context.AccountId, policy.Arn)).Value is not null)
                {
                    throw IamErrors.PolicyIsAttached();
                }

                transaction.Delete(IamTables.Policies, key);
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class ListEntitiesForPolicy(IamStore store) : IOperation<ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse>
{
    public async ValueTask<ListEntitiesForPolicyResponse> HandleAsync(
        ListEntitiesForPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = ManagedPolicies.Parse(request.PolicyArn);
        if (AwsManagedPolicies.Find(arn) is null && await store.FindPolicyAsync(arn, cancellationToken) is null)
        {
            throw IamErrors.PolicyNotFound(request.PolicyArn);
        }

        var kind = request.EntityFilter switch { "Role" => "role", "User" => "user", "Group" => "group", _ => null };
        var (found, marker) = await IamPaging.PageAsync(
            store.Database,
            IamTables.Attachments,
            PolicyAttachments.Key(context.AccountId, request.PolicyArn),
            attachment => kind is null || attachment.Kind == kind,
            request.Marker,
            request.MaxItems,
            cancellationToken);
        return new()
        {
            PolicyGroups = [],
            PolicyUsers = [.. found.Where(a => a.Kind == "user").Select(a => new PolicyUser { UserName = a.Name, UserId = a.Id })],
            PolicyRoles = [.. found.Where(a => a.Kind == "role").Select(a => new PolicyRole { RoleName = a.Name, RoleId = a.Id })],
            IsTruncated = marker is not null,
            Marker = marker,
        };
    }
}
