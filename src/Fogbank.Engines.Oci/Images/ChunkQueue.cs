using System.Runtime.ExceptionServices;

namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// A few buffers that go round between one producer, which awaits, and one consumer, which blocks: decompressing and writing files go on
/// at the same time, and nothing is copied in between.
/// </summary>
internal sealed class ChunkQueue(CancellationToken cancellationToken) : IChunkSource, IDisposable
{
    private const int Size = 256 * 1024, Count = 4;

    private readonly byte[]?[] _buffers = new byte[Count][];
    private readonly int[] _lengths = new int[Count];
    private readonly SemaphoreSlim _free = new(Count);
    private readonly SemaphoreSlim _full = new(0);
    private ExceptionDispatchInfo? _failure;
    private int _written;
    private int _read;
    private bool _holding;
    private bool _ended;

    /// <summary>Producer: waits for an empty buffer.</summary>
    internal async ValueTask<Memory<byte>> RentAsync()
    {
        await _free.WaitAsync(cancellationToken);
        return _buffers[_written % Count] ??= GC.AllocateUninitializedArray<byte>(Size);
    }

    /// <summary>Producer: hands over the buffer that <see cref="RentAsync"/> gave last.</summary>
    internal void Publish(int length)
    {
        _lengths[_written++ % Count] = length;
        _full.Release();
    }

    /// <summary>Producer: nothing more comes, either because it is all there or, with an exception, because of it. No buffer may be rented.</summary>
    internal void End(Exception? failure)
    {
        _failure = failure is null ? null : ExceptionDispatchInfo.Capture(failure);
        _full.Release();
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Next()
    {
        if (_ended)
        {
            return default;
        }
        if (_holding)
        {
            _free.Release();
            _holding = false;
        }
        _full.Wait(cancellationToken);
        if (_read == _written) // only the end counts without a buffer
        {
            _ended = true;
            _failure?.Throw();
            return default;
        }
        _holding = true;
        var at = _read++ % Count;
        return _buffers[at].AsMemory(0, _lengths[at]);
    }

    public void Dispose()
    {
        _free.Dispose();
        _full.Dispose();
    }
}
