using Fogbank.Services.Ec2.Domain;
using Fogbank.Services.Ec2.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ec2.Operations;

/// <summary>What the Describe operations have in common: ids, filters and pages.</summary>
internal static class Listing
{
    private const int MostResults = 1000;

    /// <summary>The items that a request asks for.</summary>
    /// <param name="ids">Named items, all of which must exist; null or empty for all.</param>
    /// <param name="idsName">What the request calls them.</param>
    internal static async ValueTask<(IReadOnlyList<TView> Items, string? Next)> ListAsync<TRequest, TRecord, TView>(
        this Ec2Store store,
        ResourceKind<TRecord> kind,
        RequestContext context,
        TRequest request,
        IReadOnlyList<string>? ids,
        string idsName,
        FilterSet<TView> filters,
        Func<TRecord, TView> view,
        CancellationToken cancellationToken)
        where TRequest : IFilteredRequest, IPagedRequest, IDryRunRequest
        where TRecord : ResourceRecord
    {
        var fits = filters.Compile(request.Filters);
        if (ids is { Count: > 0 })
        {
            RefuseBeside(request, idsName);
            var named = await NamedAsync(store, kind, context.Scope, ids, cancellationToken);
            CheckDryRun(request);
            return ([.. named.Select(view).Where(fits)], null);
        }

        var after = ParseToken(request.NextToken);
        CheckDryRun(request);
        var (items, next) = await store.PageAsync(
            kind, context.Scope, record => fits(view(record)), request.MaxResults ?? MostResults, after, cancellationToken);
        return ([.. items.Select(view)], next?.ToString());
    }

    /// <summary>A page of a list that is short enough to be made whole: what follows the item that the token names.</summary>
    /// <param name="sorted">By <paramref name="key"/>, each of which stands there once.</param>
    internal static (IReadOnlyList<T> Items, string? Next) Page<T>(IEnumerable<T> sorted, Func<T, string> key, IPagedRequest request)
    {
        var after = request.NextToken is null ? null : ReadText(request.NextToken);
        var limit = request.MaxResults ?? MostResults;
        var rest = sorted.Where(item => after is null || string.CompareOrdinal(key(item), after) > 0).Take(limit + 1).ToList();
        return rest.Count <= limit ? (rest, null) : (rest[..limit], WriteText(key(rest[limit - 1])));
    }

    /// <summary>AWS pages nothing that was asked for by id.</summary>
    internal static void RefuseBeside(IPagedRequest request, string idsName)
    {
        if (request.MaxResults is not null)
        {
            throw Ec2Errors.Combination(idsName, "maxResults");
        }
    }

    internal static void CheckDryRun(IDryRunRequest request)
    {
        if (request.DryRun is true)
        {
            throw Ec2Errors.DryRun();
        }
    }

    private static async ValueTask<IReadOnlyList<T>> NamedAsync<T>(
        Ec2Store store, ResourceKind<T> kind, Scope scope, IReadOnlyList<string> ids, CancellationToken cancellationToken)
        where T : ResourceRecord
    {
        var found = new List<T>();
        var missing = new List<string>();
        foreach (var id in ids.Distinct(StringComparer.Ordinal))
        {
            if (await store.FindAsync(kind, scope, kind.Check(id), cancellationToken) is { } record)
            {
                found.Add(record);
            }
            else
            {
                missing.Add(id);
            }
        }

        return missing.Count > 0 ? throw kind.NotFound(missing) : found;
    }

    private static ScanToken? ParseToken(string? token) =>
        token is null ? null : ScanToken.TryParse(token, out var parsed) ? parsed : throw Ec2Errors.BadToken();

    private static string WriteText(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));

    private static string ReadText(string token) =>
        System.Buffers.Text.Base64Url.IsValid(token)
            ? System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token))
            : throw Ec2Errors.BadToken();
}
