using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Fogbank.Store.Sqlite;

/// <summary>
/// The segment files that the writer has open, the least recently used closed first: partitions are many, file descriptors are not. Only the writer's thread uses it.
/// A segment's tail is checked when it is first written to in a run.
/// </summary>
internal sealed partial class SegmentFiles(DataFiles files, Durability durability, ILogger logger) : IDisposable
{
    private const int MaxOpen = 64;
    private readonly Dictionary<long, LinkedListNode<(long Segment, SafeFileHandle Handle)>> _open = [];
    private readonly LinkedList<(long Segment, SafeFileHandle Handle)> _order = new();
    private readonly HashSet<long> _checked = [];

    internal SafeFileHandle Open(long segment)
    {
        if (_open.TryGetValue(segment, out var node))
        {
            _order.Remove(node);
            _order.AddFirst(node);
            return node.Value.Handle;
        }

        if (_open.Count >= MaxOpen)
        {
            var (oldest, open) = _order.Last!.Value;
            if (durability == Durability.Power)
            {
                RandomAccess.FlushToDisk(open);
            }

            var tailIsChecked = _checked.Contains(oldest);
            Close(oldest);
            if (tailIsChecked)
            {
                _checked.Add(oldest);
            }
        }

        var path = files.Place(FileKind.Segment, segment);
        var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _open.Add(segment, _order.AddFirst((segment, handle)));
        return handle;
    }

    internal void Close(long segment)
    {
        _checked.Remove(segment);
        if (_open.Remove(segment, out var node))
        {
            _order.Remove(node);
            node.Value.Handle.Dispose();
        }
    }

    internal void MarkNew(long segment) => _checked.Add(segment);

    /// <summary>
    /// Looks whether the last chunk of a segment is whole. After the death of a process it always is; after a power cut under <see cref="Durability.Process"/> the index
    /// may know chunks whose bytes never reached the disk: these are dropped from it.
    /// </summary>
    internal SegmentRow Recover(SqliteConnection connection, long partition, SegmentRow segment)
    {
        if (!_checked.Add(segment.Id))
        {
            return segment;
        }

        if (_checked.Count > 16 * 1024)
        {
            _checked.Clear();
        }

        var handle = Open(segment.Id);
        if (segment.End == 0 || (RandomAccess.GetLength(handle) >= segment.End && LastIsIntact(handle, segment)))
        {
            return segment;
        }

        var (tail, last, lost) = (0L, 0L, 0);
        foreach (var chunk in LogSql.ReadSegmentChunks(connection, partition, segment.Id))
        {
            if (Read(handle, chunk) is not null)
            {
                (tail, last) = (chunk.Offset + chunk.Length, chunk.Offset);
            }
            else
            {
                LogSql.DeleteChunk(connection, chunk);
                lost++;
            }
        }

        LogSql.CutSegment(connection, segment.Id, tail, last);
        LogTornTail(logger, segment.Id, lost);
        return segment with { End = tail, LastOffset = last };
    }

    /// <summary>The frame of a chunk, or null when it is damaged or not all there.</summary>
    internal static byte[]? Read(SafeFileHandle handle, ChunkRow chunk)
    {
        var frame = new byte[chunk.Length];
        var filled = 0;
        while (filled < frame.Length)
        {
            var read = RandomAccess.Read(handle, frame.AsSpan(filled), chunk.Offset + filled);
            if (read == 0)
            {
                return null;
            }

            filled += read;
        }

        return LogFrame.IsIntact(frame, chunk) ? frame : null;
    }

    public void Dispose() => CloseAll();

    internal void CloseAll()
    {
        _checked.Clear();
        foreach (var (_, handle) in _order)
        {
            handle.Dispose();
        }

        _order.Clear();
        _open.Clear();
    }

    private static bool LastIsIntact(SafeFileHandle handle, SegmentRow segment)
    {
        var length = (int)(segment.End - segment.LastOffset);
        if (length < LogFrame.HeaderSize)
        {
            return false;
        }

        var header = new byte[LogFrame.HeaderSize];
        if (RandomAccess.Read(handle, header, segment.LastOffset) < header.Length)
        {
            return false;
        }

        var stream = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(16));
        var sequence = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24));
        return Read(handle, new ChunkRow(stream, 0, sequence, 0, 0, segment.Id, segment.LastOffset, length)) is not null;
    }

    [LoggerMessage(LogLevel.Error, "Log segment {Segment} had a torn tail: {Chunks} chunks that did not reach the disk are lost")]
    private static partial void LogTornTail(ILogger logger, long segment, int chunks);
}
