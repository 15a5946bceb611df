using System.Threading.Channels;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>
/// Carries what one start of a container writes into its log stream, to the last byte, within bounded memory. How far it came is written down
/// after each delivery, so that another run of the region goes on from there.
/// </summary>
internal sealed partial class LogPump(
    IWorkload workload, LogTarget target, LogPositionRecord? from, Func<LogPositionRecord, CancellationToken, ValueTask> checkpoint, TimeProvider time, ILogger logger)
{
    private const int BatchEvents = 10_000;
    private const int BatchBytes = 1024 * 1024;
    private const int BlockingBytes = 4 * 1024 * 1024;
    private const int Attempts = 6;

    private static readonly TimeSpan BatchSpan = TimeSpan.FromHours(23);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);

    // Docker's driver flushes lines that wait for the end of their event after this long.
    private static readonly TimeSpan OpenEventTime = TimeSpan.FromSeconds(5);

    private readonly EventAssembler _assembler = new(target.Options.EventStart);
    private readonly Channel<Delivery> _queue = Channel.CreateUnbounded<Delivery>(new() { SingleReader = true, SingleWriter = true });
    private readonly Lock _lock = new();
    private long _queuedBytes;
    private TaskCompletionSource? _room;
    private long _dropped;

    /// <summary>What one read gave, and how far the reader was then.</summary>
    private sealed record Delivery(IReadOnlyList<OutputEvent> Events, int Bytes, LogPositionRecord? Position);

    /// <summary>Reads and delivers until the output ends or the token says so.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        if (from is not null)
        {
            _assembler.Restore(from.Pending);
        }

        var sending = SendAsync(cancellationToken);
        try
        {
            await ReadAsync(cancellationToken);
        }
        finally
        {
            _queue.Writer.TryComplete();
            await sending;
            if (_dropped > 0)
            {
                LogDropped(logger, workload.Id, _dropped);
            }
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await using var chunks = workload.ReadOutputAsync(from?.Position ?? 0, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = chunks.MoveNextAsync().AsTask();
        var position = from?.Position ?? 0;
        var events = new List<OutputEvent>();
        while (true)
        {
            if (_assembler.OpenSince is not null && !next.IsCompleted)
            {
                // Only with a pattern: lines wait for the next event to begin, but not for ever.
                using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(next, Task.Delay(OpenEventTime, time, quiet.Token));
                await quiet.CancelAsync();
                if (!next.IsCompleted)
                {
                    _assembler.Flush(events);
                    await EnqueueAsync(events, position, cancellationToken);
                    continue;
                }
            }

            if (!await next)
            {
                break;
            }

            var chunk = chunks.Current;
            if (chunk.DroppedBytes > 0)
            {
                LogLost(logger, workload.Id, chunk.DroppedBytes);
            }

            _assembler.Add(chunk.Stream, chunk.Data.Span, chunk.ReadAt, events);
            position = chunk.Position;
            await EnqueueAsync(events, position, cancellationToken);
            next = chunks.MoveNextAsync().AsTask();
        }

        _assembler.End(events);
        await EnqueueAsync(events, position, cancellationToken);
    }

    private async ValueTask EnqueueAsync(List<OutputEvent> events, long position, CancellationToken cancellationToken)
    {
        var bytes = events.Sum(item => item.Bytes + EventAssembler.Overhead);
        Task? wait = null;
        lock (_lock)
        {
            if (target.Options.NonBlocking && _queuedBytes > 0 && _queuedBytes + bytes > target.Options.BufferBytes)
            {
                _dropped += events.Count;
                events.Clear();
                return; // The next delivery tells a later position.
            }

            _queuedBytes += bytes;
            if (!target.Options.NonBlocking && _queuedBytes > BlockingBytes)
            {
                wait = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        _queue.Writer.TryWrite(new([.. events], bytes, new(position, _assembler.Pending())));
        events.Clear();
        if (wait is not null)
        {
            await wait.WaitAsync(cancellationToken);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var batch = new List<OutputEvent>();
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            LogPositionRecord? reached = null;
            var taken = 0;
            while (taken < BatchBytes && _queue.Reader.TryRead(out var delivery))
            {
                batch.AddRange(delivery.Events);
                taken += delivery.Bytes;
                reached = delivery.Position;
            }

            await DeliverAsync(batch, cancellationToken);
            batch.Clear();
            if (reached is not null)
            {
                await checkpoint(reached, cancellationToken);
            }

            lock (_lock)
            {
                _queuedBytes -= taken;
                if (_queuedBytes <= BlockingBytes / 2)
                {
                    _room?.TrySetResult();
                    _room = null;
                }
            }
        }
    }

    /// <summary>Delivers in as many calls as CloudWatch Logs' limits ask for.</summary>
    private async ValueTask DeliverAsync(List<OutputEvent> events, CancellationToken cancellationToken)
    {
        var start = 0;
        while (start < events.Count)
        {
            var (end, bytes) = (start, 0);
            while (end < events.Count
                && end - start < BatchEvents
                && bytes + events[end].Bytes + EventAssembler.Overhead <= BatchBytes
                && events[end].Timestamp - events[start].Timestamp < BatchSpan)
            {
                bytes += events[end].Bytes + EventAssembler.Overhead;
                end++;
            }

            await PutAsync(events.GetRange(start, end - start), cancellationToken);
            start = end;
        }
    }

    private async ValueTask PutAsync(List<OutputEvent> events, CancellationToken cancellationToken)
    {
        var wait = FirstRetry;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await target.PutAsync(events, cancellationToken);
                return;
            }
            catch (AwsException refused) when (!refused.Code.IsServerFault || attempt == Attempts)
            {
                _dropped += events.Count;
                LogRefused(logger, workload.Id, events.Count, refused.Code.Name, refused.Message);
                return;
            }
            catch (AwsException)
            {
                await Task.Delay(wait, time, cancellationToken);
                wait *= 2;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} log events of workload {WorkloadId} did not fit into its buffer and were dropped, or could not be delivered")]
    private static partial void LogDropped(ILogger logger, string workloadId, long count);

    [LoggerMessage(LogLevel.Warning, "Workload {WorkloadId} wrote faster than its output was read: {Bytes} bytes are lost")]
    private static partial void LogLost(ILogger logger, string workloadId, long bytes);

    [LoggerMessage(LogLevel.Warning, "{Count} log events of workload {WorkloadId} were not taken: {Error}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string workloadId, int count, string error, string reason);
}
