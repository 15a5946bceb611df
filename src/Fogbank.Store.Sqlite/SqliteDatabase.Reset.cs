namespace Fogbank.Store.Sqlite;

internal sealed partial class SqliteDatabase
{
    public async ValueTask ResetAsync(StoreKey? under, string? group, CancellationToken cancellationToken)
    {
        await WriteAsync(
            (Database: this, under, group),
            static (transaction, reset) =>
            {
                reset.Database.Reset((SqliteTransaction)transaction, reset.under, reset.group);
                return true;
            },
            cancellationToken);
        NotifyReset();
    }

    private void Reset(SqliteTransaction transaction, StoreKey? under, string? group)
    {
        var connection = transaction.Connection;
        var range = under is { } prefix ? KeyRange.Under(prefix) : KeyRange.All;

        // When all goes, the blobs go with it unread; otherwise each row gives its references back.
        var everything = under is null && group is null;
        Action<BlobId>? release = everything ? null : transaction.ReleaseBlob;
        foreach (var table in _tables.Values)
        {
            if (group is null || table.Group == group)
            {
                table.Reset(connection, range, release);
            }
        }

        SystemSql.ResetNames(connection, range, group);
        if (everything)
        {
            BlobSql.DeleteAll(connection);
            LogSql.DeleteAll(connection);
            transaction.OnCommitted(Segments.CloseAll);
            transaction.OnCommitted(Collect);
            return;
        }

        foreach (var partition in LogSql.FindPartitions(connection, range, group))
        {
            transaction.DiscardSegments(LogSql.DeletePartition(connection, partition));
        }
    }
}
