using System.Text;
using Fogbank.Services.Logs.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Store;

/// <summary>Events for one stream, encoded before the writer's turn comes.</summary>
internal sealed record EventBatch(
    string Group, string Stream, LogBatch<LogEventRecord> Encoded, DateTimeOffset First, DateTimeOffset Last, long Bytes)
{
    /// <param name="events">At least one.</param>
    internal static EventBatch Encode(string group, string stream, IReadOnlyList<LogEntry<LogEventRecord>> events)
    {
        var (first, last, bytes) = (events[0].Time, events[0].Time, 0L);
        foreach (var entry in events)
        {
            first = entry.Time < first ? entry.Time : first;
            last = entry.Time > last ? entry.Time : last;
            bytes += Size(entry.Value.Message);
        }

        return new(group, stream, LogsStore.Events.Encode(events), first, last, bytes);
    }

    /// <summary>How AWS counts an event.</summary>
    internal static int Size(string message) => Encoding.UTF8.GetByteCount(message) + LogLimits.BytesPerEvent;
}
