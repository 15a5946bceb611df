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
        var (items, next) = await database.ScanWhereAsync(table, range, fits, limit, ParseToken(token), cancellationToken);
        return (items, next?.ToString());
    }

    internal static ScanToken? ParseToken(string? token) =>
        token is null ? null : ScanToken.TryParse(token, out var parsed) ? parsed : throw LogsErrors.InvalidToken();
}
