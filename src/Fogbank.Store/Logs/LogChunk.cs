namespace Fogbank.Store;

/// <summary>Encoded records that are stored and indexed as one: sorted by time and close together in time.</summary>
internal sealed record LogChunk(ReadOnlyMemory<byte> Payload, int Count, long MinTime, long MaxTime)
{
    /// <summary>
    /// The longest time between the first and the last record of a chunk, in milliseconds. Since it is bounded, a search for a time need only look this
    /// far back in the index of first times.
    /// </summary>
    internal const long MaxSpan = 60 * 1000;

    internal const int MaxBytes = 1024 * 1024;
}
