namespace Fogbank.Store;

/// <summary>A record to append.</summary>
/// <param name="Time">Its own time, to the millisecond; need not be later than what is there already.</param>
public readonly record struct LogEntry<T>(DateTimeOffset Time, T Value)
    where T : class;
