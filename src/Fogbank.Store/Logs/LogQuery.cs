namespace Fogbank.Store;

/// <summary>Which records of a log are wanted. They come by time, then sequence (or the other way round).</summary>
public sealed record LogQuery
{
    /// <summary>The key that the streams were appended under, such as a log group's.</summary>
    public required StoreKey Partition { get; init; }

    /// <summary>Only these streams; null: all of the partition, interleaved.</summary>
    public IReadOnlySet<string>? Streams { get; init; }

    /// <summary>Not before this time (included).</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this time (excluded).</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only what lies behind this place in reading direction: the place of the last record of the page before.</summary>
    public LogPosition? After { get; init; }

    /// <summary>Latest first.</summary>
    public bool Backward { get; init; }

    /// <summary>At least 1.</summary>
    public required int Limit { get; init; }

    /// <summary>A page also ends when its records' encoded bytes exceed this.</summary>
    public long MaxBytes { get; init; } = 4 * 1024 * 1024;
}
