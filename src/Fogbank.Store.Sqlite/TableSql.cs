using System.Buffers;

namespace Fogbank.Store.Sqlite;

/// <summary>The part of a table's binding that does not depend on its record type.</summary>
internal abstract class TableSql(string name)
{
    /// <summary>Above every key: those begin with a small tag.</summary>
    private protected static readonly byte[] End = [0xFF];

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    internal string Name { get; } = name;

    internal string Group { get; } = name.Split('.')[0];

    /// <summary>Makes the table or brings its columns up to date. Inside a transaction.</summary>
    internal abstract void Create(SqliteConnection connection);

    /// <summary>Deletes a range for a reset and hands back the blob references that its rows held.</summary>
    internal abstract void Reset(SqliteConnection connection, KeyRange range, Action<BlobId>? release);

    internal abstract List<DueKey> ReadDue(SqliteConnection connection, long now, int limit);

    internal abstract long? NextDue(SqliteConnection connection);

    /// <summary>A buffer for one encoding; nothing else on this thread may encode before it is read.</summary>
    private protected static ReadOnlySpan<byte> Encode<T>(ICodec<T> codec, T value)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
        _buffer = null;
        buffer.ResetWrittenCount();
        codec.Write(buffer, value);
        if (buffer.Capacity <= 1024 * 1024)
        {
            _buffer = buffer;
        }

        return buffer.WrittenSpan;
    }
}
