namespace Fogbank.Engines;

/// <summary>Some bytes of a workload's output. Chunks are cut where reads were cut, not at lines.</summary>
public sealed record LogChunk
{
    /// <summary>Which stream wrote it.</summary>
    public required LogStream Stream { get; init; }

    /// <summary>The bytes; they stay valid.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>When the driver read them.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>How many bytes of this stream were dropped just before this chunk, because nobody read for too long. Usually 0.</summary>
    public long DroppedBytes { get; init; }

    /// <summary>Where reading goes on after this chunk, for durable workloads (<see cref="IWorkload.ReadOutputAsync(long, CancellationToken)"/>); else 0.</summary>
    public long Position { get; init; }
}
