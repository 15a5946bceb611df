namespace Fogbank.Services.S3.Domain;

/// <summary>What a listing asks for.</summary>
/// <param name="Delimiter">"" for none.</param>
/// <param name="After">Only what comes behind this key (or common prefix); "" for all.</param>
internal readonly record struct ListingQuery(string Prefix, string Delimiter, string After, int MaxKeys);

/// <summary>A page of a listing: rows and common prefixes, together in the order of keys.</summary>
/// <param name="Last">The key or common prefix that ends the page: what the next page goes on behind. Null for an empty page.</param>
internal sealed record ListingPage<T>(IReadOnlyList<T> Items, IReadOnlyList<string> CommonPrefixes, bool IsTruncated, string? Last);

/// <summary>The way through a sorted index that a listing takes: each common prefix costs one seek, however many keys it hides.</summary>
internal static class Listing
{
    private const int FirstBatch = 4;

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

    /// <summary>Walks the index.</summary>
    /// <param name="read">Reads rows behind a position, in order.</param>
    /// <param name="keyOf">The key of a row.</param>
    public static ListingPage<T> Walk<T>(ListingQuery query, Func<ListingPosition, int, IReadOnlyList<T>> read, Func<T, string> keyOf)
    {
        var items = new List<T>();
        var prefixes = new List<string>();
        string? last = null;
        var position = StartOf(query);

        // Where a delimiter may hide most of what is read, reading begins small and grows as long as nothing is hidden.
        var batch = query.Delimiter.Length == 0 ? int.MaxValue : FirstBatch;
        while (query.MaxKeys > 0)
        {
            // One more than fits: whether it is there tells if the listing goes on.
            var wanted = Math.Min(query.MaxKeys - items.Count - prefixes.Count + 1, batch);
            var rows = read(position, wanted);
            var jumped = false;
            foreach (var row in rows)
            {
                if (items.Count + prefixes.Count >= query.MaxKeys)
                {
                    return new(items, prefixes, IsTruncated: true, last);
                }

                var key = keyOf(row);
                last = key;
                if (CommonPrefixOf(key, query.Prefix, query.Delimiter) is { } common)
                {
                    prefixes.Add(common);
                    last = common;
                    position = new(common, IsPrefix: true);
                    jumped = true;
                    break;
                }

                items.Add(row);
                position = new(key, IsPrefix: false);
            }

            if (!jumped && rows.Count < wanted)
            {
                break;
            }

            batch = query.Delimiter.Length == 0 ? int.MaxValue : jumped ? FirstBatch : Math.Min(batch * 2, 1024);
        }

        return new(items, prefixes, IsTruncated: false, last);
    }

    private static ListingPosition StartOf(ListingQuery query)
    {
        // A page that ended with a common prefix goes on behind everything under it.
        var common = query.After.Length > 0 && query.After.StartsWith(query.Prefix, StringComparison.Ordinal)
            ? CommonPrefixOf(query.After, query.Prefix, query.Delimiter)
            : null;
        return common is not null && common.Length == query.After.Length ? new(common, IsPrefix: true) : new(query.After, IsPrefix: false);
    }
}

/// <summary>Where a listing goes on.</summary>
/// <param name="Text">Behind this key, "" being the start; or behind every key that begins with it.</param>
internal readonly record struct ListingPosition(string Text, bool IsPrefix);
