namespace Fogbank.Store.Sqlite;

/// <summary>The statements of one index column. SQLite orders integers before text before blobs, which gives open ends for free.</summary>
internal sealed class IndexSql(string table, string name)
{
    private readonly Sql _equal = new(
        $"SELECT key,version,value,\"ix_{name}\" FROM \"{table}\" WHERE \"ix_{name}\"=?1 AND key>=?2 AND key<?3 ORDER BY key LIMIT ?4");

    // The row value comparison is what makes a continued scan one seek; the two bounds on the column alone are implied or tighten its end.
    private readonly Sql _range = new(
        $"SELECT key,version,value,\"ix_{name}\" FROM \"{table}\" WHERE \"ix_{name}\">=?1 AND \"ix_{name}\"<?5 AND (\"ix_{name}\",key)>(?1,?6) AND key>=?2 AND key<?3 ORDER BY \"ix_{name}\",key LIMIT ?4");

    internal static ScanToken TokenAt(SqliteStatement row, StoreKey key)
    {
        StoreKeyPart value = row.IsInteger(3) ? row.Int64(3) : row.Text(3);
        return new ScanToken([.. KeyEncoding.Append([], [value]), .. key.Bytes.Span]);
    }

    internal SqliteStatement Begin(SqliteConnection connection, IndexRange range, KeyRange keys, long limit, ScanToken? after)
    {
        StoreKeyPart? from = null;
        ReadOnlySpan<byte> afterKey = default;
        if (after is { } token)
        {
            afterKey = token.Span;
            from = KeyEncoding.Read(ref afterKey);
        }

        if (range.IncludeTo)
        {
            if (after is not null)
            {
                keys = keys.StartAfter(afterKey);
            }

            return connection.Use(_equal)
                .Bind(1, range.From).Bind(2, keys.From).Bind(3, keys.To ?? [0xFF]).Bind(4, limit);
        }

        var statement = connection.Use(_range).Bind(2, keys.From).Bind(3, keys.To ?? [0xFF]).Bind(4, limit).Bind(6, afterKey);
        _ = from switch
        {
            { Text: { } text } => statement.Bind(1, text),
            { } part => statement.Bind(1, part.Integer),
            null when range.From.IsNull => statement.Bind(1, long.MinValue),
            null => statement.Bind(1, range.From),
        };
        return range.To.IsNull ? statement.Bind(5, ReadOnlySpan<byte>.Empty) : statement.Bind(5, range.To);
    }
}
