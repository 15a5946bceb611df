using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json.Serialization.Metadata;

namespace Fogbank.Store;

/// <summary>
/// An append-only log, declared once as a static. Records belong to a partition (a log group: what is read together and has one retention) and in it to a stream.
/// They are kept in checksummed segment files that the streams of a partition share; where they lie is indexed in the database, in the transaction that
/// appends them.
/// </summary>
public sealed class Log<T> : ILog
    where T : class
{
    public Log(string name, ICodec<T> codec)
    {
        StoreNames.Check(name);
        Name = name;
        Codec = codec;
    }

    public Log(string name, JsonTypeInfo<T> type)
        : this(name, new JsonCodec<T>(type))
    {
    }

    public string Name { get; }

    public ICodec<T> Codec { get; }

    /// <summary>Encodes records for <see cref="ITransaction.Append"/>. They are put in time order; those of one time keep theirs.</summary>
    public LogBatch<T> Encode(IReadOnlyList<LogEntry<T>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var chunks = new List<LogChunk>(1);
        var buffer = new ArrayBufferWriter<byte>(256);
        var (count, first, last) = (0, 0L, 0L);
        foreach (var entry in InOrder(entries))
        {
            var time = entry.Time.ToUnixTimeMilliseconds();
            if (count > 0 && (time - first > LogChunk.MaxSpan || buffer.WrittenCount >= LogChunk.MaxBytes))
            {
                chunks.Add(new LogChunk(buffer.WrittenMemory, count, first, last));
                (buffer, count) = (new ArrayBufferWriter<byte>(256), 0);
            }

            if (count == 0)
            {
                first = time;
            }

            last = time;
            count++;
            Write(buffer, time, entry.Value);
        }

        if (count > 0)
        {
            chunks.Add(new LogChunk(buffer.WrittenMemory, count, first, last));
        }

        return new LogBatch<T>(chunks, entries.Count);
    }

    /// <summary>A record is its time, the length of its bytes, and its bytes.</summary>
    private void Write(ArrayBufferWriter<byte> buffer, long time, T value)
    {
        var head = buffer.WrittenCount;
        buffer.GetSpan(12);
        buffer.Advance(12);
        Codec.Write(buffer, value);
        var header = System.Runtime.InteropServices.MemoryMarshal.AsMemory(buffer.WrittenMemory).Span[head..];
        BinaryPrimitives.WriteInt64LittleEndian(header, time);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], buffer.WrittenCount - head - 12);
    }

    private static IEnumerable<LogEntry<T>> InOrder(IReadOnlyList<LogEntry<T>> entries)
    {
        for (var i = 1; i < entries.Count; i++)
        {
            if (entries[i].Time < entries[i - 1].Time)
            {
                return entries.OrderBy(static entry => entry.Time.ToUnixTimeMilliseconds());
            }
        }

        return entries;
    }
}
