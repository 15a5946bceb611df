namespace Fogbank.Store;

/// <summary>Records encoded for appending, made by <see cref="Log{T}.Encode"/>. May be appended once or more often.</summary>
public sealed class LogBatch<T>
    where T : class
{
    internal LogBatch(IReadOnlyList<LogChunk> chunks, int count)
    {
        Chunks = chunks;
        Count = count;
    }

    internal IReadOnlyList<LogChunk> Chunks { get; }

    /// <summary>How many records.</summary>
    public int Count { get; }
}
