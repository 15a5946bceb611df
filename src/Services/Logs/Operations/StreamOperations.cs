using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;
using Scope = Fogbank.Kernel.Scope;
using Fogbank.Services.Logs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Operations;

[Operation]
internal sealed class CreateLogStream(LogsStore store, TimeProvider time) : IOperation<CreateLogStreamRequest, CreateLogStreamResponse>
{
    public async ValueTask<CreateLogStreamResponse> HandleAsync(
        CreateLogStreamRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(LogsStore.Groups, LogsStore.Key(context.Scope, request.LogGroupName)).Value is null)
                {
                    throw LogsErrors.NoSuchGroup();
                }

                var stream = new LogStreamRecord { Group = request.LogGroupName, Name = request.LogStreamName, CreatedAt = time.GetUtcNow() };
                var key = LogsStore.Key(context.Scope, stream.Group, stream.Name);
                if (!transaction.TryPut(LogsStore.Streams, key, stream, expectedVersion: 0))
                {
                    throw LogsErrors.StreamExists();
                }
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteLogStream(LogsStore store) : IOperation<DeleteLogStreamRequest, DeleteLogStreamResponse>
{
    public async ValueTask<DeleteLogStreamResponse> HandleAsync(
        DeleteLogStreamRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Database.WriteAsync(
            transaction =>
            {
                var group = LogsStore.Key(context.Scope, request.LogGroupName);
                if (transaction.Get(LogsStore.Groups, group).Value is null)
                {
                    throw LogsErrors.NoSuchGroup();
                }

                if (!transaction.Delete(LogsStore.Streams, LogsStore.Key(context.Scope, request.LogGroupName, request.LogStreamName)))
                {
                    throw LogsErrors.NoSuchStream();
                }

                transaction.DeleteStream(LogsStore.Events, group, request.LogStreamName);
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DescribeLogStreams(LogsStore store) : IOperation<DescribeLogStreamsRequest, DescribeLogStreamsResponse>
{
    public async ValueTask<DescribeLogStreamsResponse> HandleAsync(
        DescribeLogStreamsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var group = await store.GetGroupAsync(
            context.Scope, GroupName.Of(request.LogGroupName, request.LogGroupIdentifier, context.Scope), cancellationToken);
        var limit = request.Limit ?? 50;
        var (streams, next) = request.OrderBy == OrderBy.LastEventTime
            ? await ByTimeAsync(request, context.Scope, group.Name, limit, cancellationToken)
            : await ByNameAsync(request, context.Scope, group.Name, limit, cancellationToken);
        return new() { LogStreams = [.. streams.Select(stream => LogStreamView.From(group, stream))], NextToken = next };
    }

    private async ValueTask<(IReadOnlyList<LogStreamRecord> Streams, string? Next)> ByNameAsync(
        DescribeLogStreamsRequest request, Scope scope, string group, int limit, CancellationToken cancellationToken)
    {
        var head = LogsStore.Key(scope, group);
        var range = request.LogStreamNamePrefix is { } prefix ? KeyRange.TextPrefix(head, prefix) : head;
        var page = await store.Database.ScanAsync(
            LogsStore.Streams, range, limit, LogsPaging.ParseToken(request.NextToken), request.Descending is true, cancellationToken);
        return ([.. page.Items.Select(entry => entry.Value)], page.Next?.ToString());
    }

    private async ValueTask<(IReadOnlyList<LogStreamRecord> Streams, string? Next)> ByTimeAsync(
        DescribeLogStreamsRequest request, Scope scope, string group, int limit, CancellationToken cancellationToken)
    {
        if (request.LogStreamNamePrefix is not null)
        {
            throw LogsErrors.InvalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
        }

        if (request.Descending is not true)
        {
            // The index runs from the latest to the oldest; nobody pages through the other way, so this gathers the group.
            var all = new List<LogStreamRecord>();
            await foreach (var entry in store.Database.ScanAllAsync(LogsStore.Streams, LogsStore.Key(scope, group), cancellationToken))
            {
                all.Add(entry.Value);
            }

            var skip = request.NextToken is null ? 0
                : int.TryParse(request.NextToken, out var parsed) && parsed >= 0 ? parsed : throw LogsErrors.InvalidToken();
            var ordered = all.OrderByDescending(stream => stream.ByAge, StringComparer.Ordinal).Skip(skip).Take(limit).ToList();
            return (ordered, skip + limit < all.Count ? $"{skip + limit}" : null);
        }

        var prefix = LogStreamRecord.AgePrefix(group);
        var page = await store.Database.ScanIndexAsync(
            LogsStore.Streams,
            "by_age",
            IndexRange.Between(prefix, prefix + ":"), // ':' follows '9', and ages are digits.
            LogsStore.Key(scope, group),
            limit,
            LogsPaging.ParseToken(request.NextToken),
            cancellationToken);
        return ([.. page.Items.Select(entry => entry.Value)], page.Next?.ToString());
    }
}
