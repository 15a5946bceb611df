using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;
using Scope = Fogbank.Kernel.Scope;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Operations;

[Operation]
internal sealed class FilterLogEvents(LogsStore store, TimeProvider time) : IOperation<FilterLogEventsRequest, FilterLogEventsResponse>
{
    // How much one call looks through before it answers with a token, so that a rare pattern cannot hold a request for minutes.
    private const int ScannedEvents = 100_000;

    public async ValueTask<FilterLogEventsResponse> HandleAsync(
        FilterLogEventsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var group = await store.GetGroupAsync(
            context.Scope, GroupName.Of(request.LogGroupName, request.LogGroupIdentifier, context.Scope), cancellationToken);
        var pattern = ParsePattern(request.FilterPattern);
        LogPosition? after = null;
        if (request.NextToken is { } text)
        {
            after = EventToken.TryParse(text, out var token) && token.Direction == 'f' ? token.Position : throw LogsErrors.InvalidToken();
        }

        var streams = await FindStreamsAsync(request, context.Scope, group.Name, cancellationToken);
        var limit = request.Limit ?? LogLimits.PageEvents;
        var events = new List<FilteredLogEvent>();
        var (bytes, scanned) = (0L, 0);
        while (true)
        {
            var page = await store.Database.ReadLogAsync(
                LogsStore.Events,
                new LogQuery
                {
                    Partition = LogsStore.Key(context.Scope, group.Name),
                    Streams = streams,
                    From = EventRange.From(request.StartTime, group, time.GetUtcNow()),
                    // Here the end belongs to the range; times are whole milliseconds.
                    To = EventRange.To(request.EndTime is { } end && end < long.MaxValue ? end + 1 : request.EndTime),
                    After = after,
                    Limit = LogLimits.PageEvents,
                    MaxBytes = LogLimits.PageBytes,
                },
                cancellationToken);
            foreach (var record in page.Records)
            {
                if (events.Count == limit || bytes > LogLimits.PageBytes)
                {
                    return new() { Events = events, SearchedLogStreams = [], NextToken = new EventToken('f', after!.Value).ToString() };
                }

                after = record.Position;
                if (pattern.IsMatch(record.Value.Message))
                {
                    events.Add(View(record));
                    bytes += EventBatch.Size(record.Value.Message);
                }
            }

            scanned += page.Records.Count;
            if (page.Next is null)
            {
                return new() { Events = events, SearchedLogStreams = [] };
            }

            if (scanned >= ScannedEvents)
            {
                return new() { Events = events, SearchedLogStreams = [], NextToken = new EventToken('f', page.Next.Value).ToString() };
            }

            after = page.Next;
        }
    }

    private static FilteredLogEvent View(LogRecord<LogEventRecord> record) => new()
    {
        LogStreamName = record.Stream,
        Timestamp = record.Time.ToUnixTimeMilliseconds(),
        Message = record.Value.Message,
        IngestionTime = record.Value.IngestedAt.ToUnixTimeMilliseconds(),
        EventId = EventToken.EventId(record.Position),
    };

    private static TextPattern ParsePattern(string? text)
    {
        var trimmed = text?.Trim() ?? "";
        if (trimmed.StartsWith('{') || trimmed.StartsWith('['))
        {
            throw LogsErrors.NotSupported(trimmed[0] == '{' ? "filter patterns for JSON events" : "space-delimited filter patterns");
        }

        try
        {
            return trimmed.Length == 0 ? TextPattern.Everything : TextPattern.Parse(trimmed);
        }
        catch (FormatException fault)
        {
            throw LogsErrors.InvalidParameter($"Invalid filter pattern: {fault.Message}");
        }
    }

    private async ValueTask<HashSet<string>?> FindStreamsAsync(
        FilterLogEventsRequest request, Scope scope, string group, CancellationToken cancellationToken)
    {
        if (request.LogStreamNames is { Count: > 0 } names)
        {
            if (request.LogStreamNamePrefix is not null)
            {
                throw LogsErrors.InvalidParameter("logStreamNamePrefix and logStreamNames are mutually exclusive parameters.");
            }

            foreach (var name in names)
            {
                await store.GetStreamAsync(scope, group, name, cancellationToken);
            }

            return new(names, StringComparer.Ordinal);
        }

        if (request.LogStreamNamePrefix is not { } prefix)
        {
            return null;
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        var range = KeyRange.TextPrefix(LogsStore.Key(scope, group), prefix);
        await foreach (var entry in store.Database.ScanAllAsync(LogsStore.Streams, range, cancellationToken))
        {
            found.Add(entry.Value.Name);
        }

        return found;
    }
}
