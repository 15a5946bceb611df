using System.Buffers.Binary;
using Fogbank.Kernel;

namespace Fogbank.Control;

/// <summary>Waits that double up to a limit, with a random part taken off so that many failures of one cause do not come back at once.</summary>
internal sealed class Backoff(IIdSource random)
{
    /// <param name="options">The bounds.</param>
    /// <param name="attempt">1 for the first failure.</param>
    internal TimeSpan After(WorkOptions options, int attempt)
    {
        var wait = options.MinBackoff * Math.Pow(2, Math.Min(attempt - 1, 30));
        if (wait > options.MaxBackoff)
        {
            wait = options.MaxBackoff;
        }

        Span<byte> bytes = stackalloc byte[4];
        random.Fill(bytes);
        return wait * (1 - (BinaryPrimitives.ReadUInt32LittleEndian(bytes) / (double)uint.MaxValue / 2));
    }
}
