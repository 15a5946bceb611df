using System.Buffers.Text;
using System.Text;
using Fogbank.Contracts.Iam;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;
using Fogbank.Services.Iam.Views;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Operations.Policies;

/// <summary>
/// The managed policies of an account, a page at a time: first its own, in the order of their names, then AWS's. A marker says in which of the two the
/// next page begins, and where.
/// </summary>
internal sealed class PolicyListing(IamStore store, string accountId, string pathPrefix, bool onlyAttached)
{
    private const char Own = 'o';
    private const char Aws = 'a';

    /// <param name="scope">AWS or Local; all other words mean both.</param>
    internal async ValueTask<(IReadOnlyList<Policy> Policies, string? Marker)> PageAsync(
        string? scope, string? marker, int? maxItems, CancellationToken cancellationToken)
    {
        var limit = maxItems ?? IamPaging.DefaultItems;
        var (part, after) = marker is null ? (scope == "AWS" ? Aws : Own, null) : Parse(marker);
        var page = new List<Policy>();
        if (part == Own)
        {
            var next = onlyAttached
                ? await AddAttachedAsync(page, accountId, limit, after, cancellationToken)
                : await AddOwnAsync(page, limit, after, cancellationToken);
            if (next is not null || scope == "Local")
            {
                return (page, next is null ? null : $"{Own}{next}");
            }

            if (page.Count == limit)
            {
                return (page, $"{Aws}"); // May turn out to be empty, as pages of IAM may.
            }

            after = null;
        }

        var last = onlyAttached
            ? await AddAttachedAsync(page, "aws", limit - page.Count, after, cancellationToken)
            : await AddAwsAsync(page, limit - page.Count, after, cancellationToken);
        return (page, last is null ? null : $"{Aws}{last}");
    }

    private async ValueTask<string?> AddOwnAsync(List<Policy> page, int limit, string? after, CancellationToken cancellationToken)
    {
        var (policies, next) = await store.Database.ScanWhereAsync(
            IamTables.Policies,
            IamStore.Key(accountId),
            policy => policy.Path.StartsWith(pathPrefix, StringComparison.Ordinal),
            limit,
            ParseToken(after),
            cancellationToken);
        foreach (var policy in policies)
        {
            page.Add(await ShowAsync(policy, cancellationToken));
        }

        return next?.ToString();
    }

    /// <summary>The rows of attached policies sort by ARN, so that owner and path are a range of them.</summary>
    private async ValueTask<string?> AddAttachedAsync(
        List<Policy> page, string owner, int limit, string? after, CancellationToken cancellationToken)
    {
        var range = KeyRange.TextPrefix(IamStore.Key(accountId), $"arn:aws:iam::{owner}:policy{pathPrefix}");
        var attached = await store.Database.ScanAsync(IamTables.AttachedPolicies, range, limit, ParseToken(after), cancellationToken);
        foreach (var entry in attached.Items)
        {
            var arn = ManagedPolicies.Parse(entry.Value.PolicyArn);
            if (AwsManagedPolicies.Find(arn) is { } managed)
            {
                page.Add(PolicyView.AwsManaged(managed, entry.Value.Attachments));
            }
            else if (await store.FindPolicyAsync(arn, cancellationToken) is { } policy)
            {
                page.Add(await ShowAsync(policy, cancellationToken));
            }
        }

        return attached.Next?.ToString();
    }

    private async ValueTask<string?> AddAwsAsync(List<Policy> page, int limit, string? after, CancellationToken cancellationToken)
    {
        var behind = after is null ? "" : Base64Url.IsValid(after) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(after)) : throw IamErrors.InvalidMarker();
        var last = "";
        foreach (var policy in AwsManagedPolicies.All)
        {
            var arn = policy.Arn.ToString();
            if (!policy.Arn.Path.StartsWith(pathPrefix, StringComparison.Ordinal) || string.CompareOrdinal(arn, behind) <= 0)
            {
                continue;
            }

            if (limit-- == 0)
            {
                return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));
            }

            page.Add(PolicyView.AwsManaged(policy, await PolicyAttachments.CountAsync(store.Database, accountId, arn, cancellationToken)));
            last = arn;
        }

        return null;
    }

    private async ValueTask<Policy> ShowAsync(PolicyRecord policy, CancellationToken cancellationToken) => PolicyView.From(
        policy with { Description = null, Tags = [] },
        await PolicyAttachments.CountAsync(store.Database, accountId, policy.Arn, cancellationToken),
        withTags: false);

    private static (char Part, string? After) Parse(string marker) => marker switch
    {
        [Own or Aws] => (marker[0], null),
        [Own or Aws, ..] => (marker[0], marker[1..]),
        _ => throw IamErrors.InvalidMarker(),
    };

    private static ScanToken? ParseToken(string? text) =>
        text is null ? null : ScanToken.TryParse(text, out var token) ? token : throw IamErrors.InvalidMarker();
}
