using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Operations;

[Operation]
internal sealed class GetLogEvents(LogsStore store, TimeProvider time) : IOperation<GetLogEventsRequest, GetLogEventsResponse>
{
    public async ValueTask<GetLogEventsResponse> HandleAsync(
        GetLogEventsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var group = await store.GetGroupAsync(
            context.Scope, GroupName.Of(request.LogGroupName, request.LogGroupIdentifier, context.Scope), cancellationToken);
        await store.GetStreamAsync(context.Scope, group.Name, request.LogStreamName, cancellationToken);
        EventToken? token = null;
        if (request.NextToken is { } text)
        {
            token = EventToken.TryParse(text, out var parsed) ? parsed : throw LogsErrors.InvalidToken();
        }

        // Without a token: the earliest events where that is asked for, else the latest.
        var backward = token is { } given ? given.Direction == 'b' : request.StartFromHead is not true;
        var page = await store.Database.ReadLogAsync(
            LogsStore.Events,
            new LogQuery
            {
                Partition = LogsStore.Key(context.Scope, group.Name),
                Streams = new HashSet<string>(StringComparer.Ordinal) { request.LogStreamName },
                From = EventRange.From(request.StartTime, group, time.GetUtcNow()),
                To = EventRange.To(request.EndTime),
                After = token?.Position,
                Backward = backward,
                Limit = request.Limit ?? LogLimits.PageEvents,
                MaxBytes = LogLimits.PageBytes,
            },
            cancellationToken);
        var records = backward ? [.. page.Records.Reverse()] : page.Records;
        var events = records.Select(record => new OutputLogEvent
        {
            Timestamp = record.Time.ToUnixTimeMilliseconds(),
            Message = record.Value.Message,
            IngestionTime = record.Value.IngestedAt.ToUnixTimeMilliseconds(),
        });

        // At either end the same token comes back: so clients know they have arrived.
        var here = token?.Position ?? new LogPosition(time.GetUtcNow().ToUnixTimeMilliseconds(), 0);
        return new()
        {
            Events = [.. events],
            NextForwardToken = new EventToken('f', records.Count > 0 ? records[^1].Position : here).ToString(),
            NextBackwardToken = new EventToken('b', records.Count > 0 ? records[0].Position : here).ToString(),
        };
    }
}

/// <summary>The time a read asks for, cut to what has not expired.</summary>
internal static class EventRange
{
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    internal static DateTimeOffset? From(long? start, LogGroupRecord group, DateTimeOffset now)
    {
        DateTimeOffset? wanted = start is { } from ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(from, 0, Latest)) : null;
        var expiry = group.ExpiryAt(now);
        return wanted is null || wanted < expiry ? expiry ?? wanted : wanted;
    }

    internal static DateTimeOffset? To(long? end) => end is { } to ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(to, 0, Latest)) : null;
}
