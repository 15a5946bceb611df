using System.Buffers;

namespace Fogbank.Store;

/// <summary>How a value becomes bytes. Must be pure and safe to call from many threads at once.</summary>
/// <typeparam name="T">What is stored.</typeparam>
public interface ICodec<T>
{
    /// <summary>Appends the bytes of a value. Later versions must still read them.</summary>
    void Write(IBufferWriter<byte> target, T value);

    /// <summary>Reads what <see cref="Write"/> wrote, also what an earlier version of it wrote.</summary>
    /// <exception cref="FormatException">The bytes are damaged.</exception>
    T Read(ReadOnlySpan<byte> bytes);
}
