namespace Fogbank.Store;

/// <summary>A page of records.</summary>
/// <param name="Next">Pass it as <see cref="LogQuery.After"/> for the next page; null when there is nothing behind this one now.</param>
public sealed record LogPage<T>(IReadOnlyList<LogRecord<T>> Records, LogPosition? Next)
    where T : class;
