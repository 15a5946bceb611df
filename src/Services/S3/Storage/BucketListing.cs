using Fogbank.Store;

namespace Fogbank.Services.S3.Storage;

/// <summary>An account's buckets by name. Their rows are by region, so an index has the order.</summary>
internal static class BucketListing
{
    public const string Index = "by_name";

    // Every character of a bucket's name comes after the first of these and before the second.
    private const char BeforeNames = ' ';
    private const char BehindNames = '~';

    private const int RowsAtOnce = 1000;

    public static IndexValue IndexValue(BucketRecord bucket) => $"{bucket.AccountId}/{bucket.Name}";

    /// <summary>At most <paramref name="limit"/> buckets, and whether there are more.</summary>
    /// <param name="after">The name of the last bucket of the page before; null for the first page.</param>
    /// <param name="region">Only buckets of this region; null for all.</param>
    public static async ValueTask<(IReadOnlyList<BucketRecord> Buckets, bool More)> PageAsync(
        IDatabase database, string accountId, string prefix, string? after, string? region, int limit, CancellationToken cancellationToken)
    {
        var from = after is null || string.CompareOrdinal(after, prefix) < 0 ? prefix : after + BeforeNames;
        var range = IndexRange.Between($"{accountId}/{from}", $"{accountId}/{prefix}{BehindNames}");
        var buckets = new List<BucketRecord>();
        ScanToken? next = null;
        do
        {
            var page = await database.ScanIndexAsync(
                S3Tables.Buckets, Index, range, under: null, Math.Min(limit - buckets.Count + 1, RowsAtOnce), next, cancellationToken);
            foreach (var entry in page.Items.Where(entry => region is null || entry.Value.Region == region))
            {
                if (buckets.Count == limit)
                {
                    return (buckets, true);
                }

                buckets.Add(entry.Value);
            }

            next = page.Next;
        }
        while (next is not null);
        return (buckets, false);
    }
}
