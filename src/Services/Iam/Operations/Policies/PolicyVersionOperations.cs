using System.Globalization;
using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;

namespace Fogbank.Services.Iam.Operations.Policies;

[Operation]
internal sealed class CreatePolicyVersion(IamStore store, TimeProvider time) : IOperation<CreatePolicyVersionRequest, CreatePolicyVersionResponse>
{
    public async ValueTask<CreatePolicyVersionResponse> HandleAsync(
        CreatePolicyVersionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        ManagedPolicies.CheckDocument(request.PolicyDocument);
        var now = time.GetUtcNow();
        var policy = await ManagedPolicies.ChangeAsync(
            store,
            request.PolicyArn,
            context,
            policy => policy.Versions.Count >= IamLimits.PolicyVersions
                ? throw IamErrors.LimitExceeded(
                    $"A managed policy can have up to {IamLimits.PolicyVersions} versions. Before you create a new version, you must delete an existing version.")
                : policy with
                {
                    Versions = [.. policy.Versions, new(policy.NextVersion, request.PolicyDocument, now)],
                    DefaultVersion = request.SetAsDefault is true ? policy.NextVersion : policy.DefaultVersion,
                    NextVersion = policy.NextVersion + 1,
                    UpdatedAt = now,
                },
            cancellationToken);
        return new() { PolicyVersion = PolicyView.Version(policy, policy.Versions[^1], withDocument: false) };
    }
}

[Operation]
internal sealed class GetPolicyVersion(IamStore store) : IOperation<GetPolicyVersionRequest, GetPolicyVersionResponse>
{
    public async ValueTask<GetPolicyVersionResponse> HandleAsync(
        GetPolicyVersionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = ManagedPolicies.Parse(request.PolicyArn);
        if (AwsManagedPolicies.Find(arn) is { } managed)
        {
            if (!IsVersionOf(managed, request.VersionId))
            {
                throw IamErrors.PolicyVersionNotFound(request.PolicyArn, request.VersionId);
            }

            return request.VersionId == managed.DefaultVersion && AwsManagedPolicies.FindDocument(managed) is { } document
                ? new() { PolicyVersion = PolicyView.AwsManagedVersion(managed, document) }
                : throw CommonErrors.NotAvailable($"the document of {request.PolicyArn} {request.VersionId}");
        }

        var policy = await store.FindPolicyAsync(arn, cancellationToken) ?? throw IamErrors.PolicyNotFound(request.PolicyArn);
        return new() { PolicyVersion = PolicyView.Version(policy, ManagedPolicies.GetVersion(policy, request.VersionId), withDocument: true) };
    }

    /// <summary>Versions are numbered from 1, and the default is AWS's last.</summary>
    private static bool IsVersionOf(AwsManagedPolicy policy, string versionId) =>
        int.TryParse(versionId.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && PolicyView.VersionId(number) == versionId
        && number >= 1
        && number <= int.Parse(policy.DefaultVersion.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);
}

[Operation]
internal sealed class ListPolicyVersions(IamStore store) : IOperation<ListPolicyVersionsRequest, ListPolicyVersionsResponse>
{
    public async ValueTask<ListPolicyVersionsResponse> HandleAsync(
        ListPolicyVersionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = ManagedPolicies.Parse(request.PolicyArn);
        if (AwsManagedPolicies.Find(arn) is { } managed)
        {
            // Of AWS's policies only the default version is known.
            return new() { Versions = [PolicyView.AwsManagedVersion(managed, document: null)], IsTruncated = false };
        }

        var policy = await store.FindPolicyAsync(arn, cancellationToken) ?? throw IamErrors.PolicyNotFound(request.PolicyArn);

        // At most five, so one page holds them; the newest comes first.
        return new()
        {
            Versions = [.. policy.Versions.Reverse().Select(version => PolicyView.Version(policy, version, withDocument: false))],
            IsTruncated = false,
        };
    }
}

[Operation]
internal sealed class SetDefaultPolicyVersion(IamStore store, TimeProvider time)
    : IOperation<SetDefaultPolicyVersionRequest, SetDefaultPolicyVersionResponse>
{
    public async ValueTask<SetDefaultPolicyVersionResponse> HandleAsync(
        SetDefaultPolicyVersionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ManagedPolicies.ChangeAsync(
            store,
            request.PolicyArn,
            context,
            policy => policy with
            {
                DefaultVersion = ManagedPolicies.GetVersion(policy, request.VersionId).Number,
                UpdatedAt = time.GetUtcNow(),
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeletePolicyVersion(IamStore store) : IOperation<DeletePolicyVersionRequest, DeletePolicyVersionResponse>
{
    public async ValueTask<DeletePolicyVersionResponse> HandleAsync(
        DeletePolicyVersionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await ManagedPolicies.ChangeAsync(
            store,
            request.PolicyArn,
            context,
            policy =>
            {
                var version = ManagedPolicies.GetVersion(policy, request.VersionId);
                return version.Number == policy.DefaultVersion
                    ? throw IamErrors.DefaultVersionCannotGo()
                    : policy with { Versions = [.. policy.Versions.Where(other => other.Number != version.Number)] };
            },
            cancellationToken);
        return new();
    }
}
