using Fogbank.Contracts.Iam;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Operations.Policies;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;

namespace Fogbank.Services.Iam.Operations;

/// <summary>What roles and users can have in the same way: inline and attached policies, a permissions boundary, tags.</summary>
internal static class IdentityPolicies
{
    internal static async ValueTask PutPolicyAsync<T>(
        this Identities<T> identities, RequestContext context, string owner, string policy, string document, CancellationToken cancellationToken)
        where T : IdentityRecord
    {
        PolicyCheck.Throw(document);
        await identities.ChangeAsync(
            context.AccountId,
            owner,
            identity => identity with
            {
                InlinePolicies = PolicyCheck.PutInline(
                    identity.InlinePolicies, policy, document, identity.Kind, identity.Name, identities.InlineCharacters),
            },
            cancellationToken);
    }

    /// <summary>The name of the owner as it is stored, and the document as it travels.</summary>
    internal static async ValueTask<(string Owner, string Document)> GetPolicyAsync<T>(
        this Identities<T> identities, RequestContext context, string owner, string policy, CancellationToken cancellationToken)
        where T : IdentityRecord
    {
        var identity = await identities.GetAsync(context.AccountId, owner, cancellationToken);
        return identity.InlinePolicies.TryGetValue(policy, out var document)
            ? (identity.Name, IamViews.Encode(document))
            : throw IamErrors.NoSuchInlinePolicy(identity.Kind, policy);
    }

    internal static async ValueTask DeletePolicyAsync<T>(
        this Identities<T> identities, RequestContext context, string owner, string policy, CancellationToken cancellationToken)
        where T : IdentityRecord =>
        await identities.ChangeAsync(
            context.AccountId,
            owner,
            identity =>
            {
                var rest = new SortedDictionary<string, string>(identity.InlinePolicies, StringComparer.Ordinal);
                return rest.Remove(policy)
                    ? identity with { InlinePolicies = rest }
                    : throw IamErrors.NoSuchInlinePolicy(identity.Kind, policy);
            },
            cancellationToken);

    internal static async ValueTask<(IReadOnlyList<string> Names, string? Marker)> ListPoliciesAsync<T>(
        this Identities<T> identities, RequestContext context, string owner, string? marker, int? maxItems, CancellationToken cancellationToken)
        where T : IdentityRecord
    {
        var identity = await identities.GetAsync(context.AccountId, owner, cancellationToken);
        return IamPaging.Page(identity.InlinePolicies.Keys, name => name, marker, maxItems);
    }

    internal static async ValueTask AttachAsync<T>(
        this Identities<T> identities, RequestContext context, string owner, string policyArn, CancellationToken cancellationToken)
        where T : IdentityRecord
    {
        var policy = ManagedPolicies.Parse(policyArn);
        await identities.ChangeAsync(
            context.AccountId, owner, (transaction, identity) => PolicyAttachments.Attach(transaction, identity, policy), cancellationToken);
    }

    internal static async ValueTask DetachAsync<T>(
        this Identities<T> identities, RequestContext context, string owner, string policyArn, CancellationToken cancellationToken)
        where T : IdentityRecord =>
        await identities.ChangeAsync(
            context.AccountId, owner, (transaction, identity) => PolicyAttachments.Detach(transaction, identity, policyArn), cancellationToken);

    internal static async ValueTask<(IReadOnlyList<AttachedPolicy> Policies, string? Marker)> ListAttachedAsync<T>(
        this Identities<T> identities,
        RequestContext context,
        string owner,
        string? pathPrefix,
        string? marker,
        int? maxItems,
        CancellationToken cancellationToken)
        where T : IdentityRecord
    {
        var identity = await identities.GetAsync(context.AccountId, owner, cancellationToken);
        var prefix = ":policy" + (pathPrefix ?? "/");
        var (arns, next) = IamPaging.Page(
            identity.AttachedPolicies.Where(arn => arn.Contains(prefix, StringComparison.Ordinal)), arn => arn, marker, maxItems);
        return (IamViews.Attached(arns), next);
    }

    /// <param name="boundary">Null takes it away.</param>
    internal static async ValueTask SetBoundaryAsync<T>(
        this Identities<T> identities, RequestContext context, string owner, string? boundary, CancellationToken cancellationToken)
        where T : IdentityRecord =>
        await identities.ChangeAsync(
            context.AccountId, owner, identity => identity with { PermissionsBoundary = boundary }, cancellationToken);

    internal static async ValueTask ChangeTagsAsync<T>(
        this Identities<T> identities,
        RequestContext context,
        string owner,
        IReadOnlyList<Tag>? add,
        IReadOnlyList<string> remove,
        CancellationToken cancellationToken)
        where T : IdentityRecord =>
        await identities.ChangeAsync(
            context.AccountId, owner, identity => identity with { Tags = TagChange.Apply(identity.Tags, add, remove) }, cancellationToken);

    internal static async ValueTask<(IReadOnlyList<Tag> Tags, string? Marker)> ListTagsAsync<T>(
        this Identities<T> identities, RequestContext context, string owner, string? marker, int? maxItems, CancellationToken cancellationToken)
        where T : IdentityRecord
    {
        var identity = await identities.GetAsync(context.AccountId, owner, cancellationToken);
        var (tags, next) = IamPaging.Page(identity.Tags, tag => tag.Key, marker, maxItems);
        return ([.. tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })], next);
    }
}
