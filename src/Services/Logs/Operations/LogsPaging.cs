using Fogbank.Store;

namespace Fogbank.Services.Logs.Operations;

/// <summary>Pages of rows that fit a condition, by key.</summary>
internal static class LogsPaging
{
    internal static async ValueTask<(IReadOnlyList<T> Items, string? Next)> PageAsync<T>(
        IDatabase database,
        Table<T> table,
        KeyRange range,
        Func<T, bool> fits,
        int limit,
        string? token,
        CancellationToken cancellationToken)
        where T : class
    {
        var after = ParseToken(token);
        var items = new List<T>();
        while (true)
        {
            var page = await database.ScanAsync(table, range, limit, after, cancellationToken);
            foreach (var entry in page.Items)
            {
                if (!fits(entry.Value))
                {
                    continue;
                }

                if (items.Count == limit)
                {
                    return (items, after!.Value.ToString());
                }

                items.Add(entry.Value);
                after = ScanToken.At(entry.Key);
            }

            if (page.Next is null)
            {
                return (items, null);
            }

            after = page.Next;
        }
    }

    internal static ScanToken? ParseToken(string? token) =>
        token is null ? null : ScanToken.TryParse(token, out var parsed) ? parsed : throw LogsErrors.InvalidToken();
}
