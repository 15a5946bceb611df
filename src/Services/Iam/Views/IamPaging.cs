using System.Buffers.Text;
using System.Text;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Views;

/// <summary>IAM's paging: a marker, at most 1,000 items, 100 unless asked otherwise.</summary>
internal static class IamPaging
{
    internal const int DefaultItems = 100;

    /// <summary>A page of a list that is small enough to be in memory, sorted by a name.</summary>
    internal static (IReadOnlyList<T> Items, string? Marker) Page<T>(
        IEnumerable<T> items, Func<T, string> name, string? marker, int? maxItems)
    {
        var after = marker is null ? null : Decode(marker);
        var limit = maxItems ?? DefaultItems;
        var page = items
            .OrderBy(name, StringComparer.Ordinal)
            .Where(item => after is null || string.CompareOrdinal(name(item), after) > 0)
            .Take(limit + 1)
            .ToList();
        if (page.Count <= limit)
        {
            return (page, null);
        }

        page.RemoveAt(limit);
        return (page, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name(page[^1]))));
    }

    /// <summary>A page of an account's rows that fit a condition.</summary>
    internal static async ValueTask<(IReadOnlyList<T> Items, string? Marker)> PageAsync<T>(
        IDatabase database,
        Table<T> table,
        StoreKey under,
        Func<T, bool> fits,
        string? marker,
        int? maxItems,
        CancellationToken cancellationToken)
        where T : class
    {
        ScanToken? after = marker is null ? null : ScanToken.TryParse(marker, out var token) ? token : throw IamErrors.InvalidMarker();
        var (items, next) = await database.ScanWhereAsync(table, under, fits, maxItems ?? DefaultItems, after, cancellationToken);
        return (items, next?.ToString());
    }

    private static string Decode(string marker) =>
        Base64Url.IsValid(marker) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(marker)) : throw IamErrors.InvalidMarker();
}
