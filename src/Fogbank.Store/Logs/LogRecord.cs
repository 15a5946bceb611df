namespace Fogbank.Store;

/// <summary>A record that was read.</summary>
/// <param name="Sequence">Unique and growing with each append in its database.</param>
public readonly record struct LogRecord<T>(string Stream, DateTimeOffset Time, long Sequence, T Value)
    where T : class
{
    public LogPosition Position => new(Time.ToUnixTimeMilliseconds(), Sequence);
}
