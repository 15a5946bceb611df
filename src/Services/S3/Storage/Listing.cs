using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>What a listing asks for.</summary>
/// <param name="Delimiter">"" for none.</param>
/// <param name="MaxItems">Rows and common prefixes together.</param>
internal readonly record struct ListingQuery(string Prefix, string Delimiter, int MaxItems);

/// <summary>A page of a listing.</summary>
/// <param name="Last">The key or common prefix that ends the page: what the next page goes on behind. Null for an empty page.</param>
internal sealed record ListingPage<T>(IReadOnlyList<Entry<T>> Items, IReadOnlyList<string> CommonPrefixes, bool IsTruncated, string? Last)
    where T : class;

/// <summary>
/// The way through a table that a listing takes. It reads the index from where the page begins, and steps over each common prefix with one
/// seek, however many keys it hides.
/// </summary>
internal static class Listing
{
    private const int FirstBatch = 4;
    private const int MaxBatch = 1024;

    /// <summary>The common prefix a key falls under; null where the key is listed itself.</summary>
    public static string? CommonPrefixOf(string key, string prefix, string delimiter)
    {
        if (delimiter.Length == 0)
        {
            return null;
        }

        var at = key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + delimiter.Length)];
    }

    /// <summary>Where a page begins that goes on behind a key or a common prefix; "" for the first page.</summary>
    public static KeyRange StartBehind(StoreKey bucket, ListingQuery query, string after)
    {
        var range = KeyRange.TextPrefix(bucket, query.Prefix);
        if (after.Length == 0)
        {
            return range;
        }

        var common = after.StartsWith(query.Prefix, StringComparison.Ordinal) ? CommonPrefixOf(after, query.Prefix, query.Delimiter) : null;
        return common == after ? range.StartAfterTextPrefix(bucket, after) : range.StartAfterAllUnder(bucket.Add(after));
    }

    /// <summary>Walks rows whose part behind <paramref name="bucket"/>'s key is the object key.</summary>
    public static async ValueTask<ListingPage<T>> WalkAsync<T>(
        IDatabase database, Table<T> table, StoreKey bucket, ListingQuery query, KeyRange range, CancellationToken cancellationToken)
        where T : class
    {
        var items = new List<Entry<T>>();
        var prefixes = new List<string>();
        string? last = null;

        // Where a delimiter may hide most of what is read, reading begins small and grows as long as nothing is hidden.
        var first = query.Delimiter.Length == 0 ? MaxBatch : FirstBatch;
        var batch = first;
        while (query.MaxItems > 0)
        {
            // One more than fits: whether it is there tells if the listing goes on.
            var wanted = Math.Min(query.MaxItems - items.Count - prefixes.Count + 1, batch);
            var page = await database.ScanAsync(table, range, wanted, null, cancellationToken);
            var jumped = false;
            foreach (var entry in page.Items)
            {
                if (items.Count + prefixes.Count >= query.MaxItems)
                {
                    return new(items, prefixes, IsTruncated: true, last);
                }

                var key = entry.Key.Text(KeyIndex);
                if (CommonPrefixOf(key, query.Prefix, query.Delimiter) is { } common)
                {
                    prefixes.Add(common);
                    last = common;
                    range = range.StartAfterTextPrefix(bucket, common);
                    jumped = true;
                    break;
                }

                items.Add(entry);
                last = key;
                range = range.StartAfter(entry.Key);
            }

            if (!jumped && page.Items.Count < wanted)
            {
                break;
            }

            batch = jumped ? first : Math.Min(batch * 2, MaxBatch);
        }

        return new(items, prefixes, IsTruncated: false, last);
    }

    /// <summary>Account, region and bucket come first.</summary>
    private const int KeyIndex = 3;
}
