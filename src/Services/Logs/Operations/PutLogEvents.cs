using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;
using Fogbank.Services.Logs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Operations;

[Operation]
internal sealed class PutLogEvents(LogsStore store, TimeProvider time) : IOperation<PutLogEventsRequest, PutLogEventsResponse>
{
    public async ValueTask<PutLogEventsResponse> HandleAsync(
        PutLogEventsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var group = await store.GetGroupAsync(context.Scope, request.LogGroupName, cancellationToken);
        Check(request.LogEvents);
        var acceptance = EventAcceptance.Of(request.LogEvents, group, now);
        if (acceptance.Accepted.Count > 0)
        {
            var batch = EventBatch.Encode(
                request.LogGroupName,
                request.LogStreamName,
                [
                    .. acceptance.Accepted.Select(e => new LogEntry<LogEventRecord>(
                        DateTimeOffset.FromUnixTimeMilliseconds(e.Timestamp ?? 0), new(e.Message, now))),
                ]);
            if (!await store.Database.WriteAsync(transaction => LogsStore.TryAppend(transaction, context.Scope, batch, now), cancellationToken))
            {
                throw LogsErrors.NoSuchStream();
            }
        }
        else
        {
            await store.GetStreamAsync(context.Scope, request.LogGroupName, request.LogStreamName, cancellationToken);
        }

        return new() { NextSequenceToken = LogStreamView.SequenceToken, RejectedLogEventsInfo = acceptance.Rejected };
    }

    private static void Check(IReadOnlyList<InputLogEvent> events)
    {
        var bytes = 0L;
        for (var i = 0; i < events.Count; i++)
        {
            bytes += EventBatch.Size(events[i].Message);
            if (i > 0 && events[i].Timestamp < events[i - 1].Timestamp)
            {
                throw LogsErrors.InvalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
            }
        }

        if (bytes > LogLimits.BatchBytes)
        {
            throw LogsErrors.InvalidParameter(
                $"Upload too large: {bytes} bytes exceeds limit of {LogLimits.BatchBytes}");
        }

        if (events[^1].Timestamp - events[0].Timestamp > LogLimits.BatchSpan.TotalMilliseconds)
        {
            throw LogsErrors.InvalidParameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
        }
    }
}
