using System.Globalization;

namespace Fogbank.Services.Logs.Domain;

/// <summary>A log stream, with what describing it tells of its events.</summary>
internal sealed record LogStreamRecord
{
    public required string Group { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FirstEventAt { get; init; }

    public DateTimeOffset? LastEventAt { get; init; }

    public DateTimeOffset? LastIngestionAt { get; init; }

    /// <summary>
    /// The stream's group, then its age: sorts the streams of a group by their last event, the latest first. Streams without events come last.
    /// </summary>
    public string ByAge => AgePrefix(Group) + (long.MaxValue - (LastEventAt?.ToUnixTimeMilliseconds() ?? 0)).ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>What <see cref="ByAge"/> of all streams of a group begins with. Group names hold no line feed.</summary>
    public static string AgePrefix(string group) => group + "\n";

    /// <summary>The stream after events between two moments were added.</summary>
    public LogStreamRecord WithEvents(DateTimeOffset first, DateTimeOffset last, DateTimeOffset now) => this with
    {
        FirstEventAt = FirstEventAt is { } known && known <= first ? known : first,
        LastEventAt = LastEventAt is { } latest && latest >= last ? latest : last,
        LastIngestionAt = now,
    };
}
