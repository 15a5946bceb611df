using System.Threading.Channels;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;
using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Logs.Ingestion;

/// <summary>
/// Takes the log lines of workloads into a bounded queue and writes what has gathered in one transaction, many streams at once. A writer
/// of much waits until it is stored, so each has at most one large batch here: a flood slows down itself, and nothing grows.
/// </summary>
internal sealed partial class LogIngestion(LogsStore store, TimeProvider time, ILogger<LogIngestion> logger) : ILogSink, IServiceLifetime
{
    private const int QueuedBatches = 256;
    private const int BatchesPerWrite = 64;

    // Of text, in one transaction; encoding it takes as much again.
    private const int CharsPerWrite = 2 << 20;
    private const int LargeBatchChars = 64 * 1024;

    private readonly Channel<Batch> _queue = Channel.CreateBounded<Batch>(
        new BoundedChannelOptions(QueuedBatches) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private Task _loop = Task.CompletedTask;

    private readonly record struct Batch(
        Scope Scope, string Group, string Stream, IReadOnlyList<LogLine> Lines, int Chars, TaskCompletionSource? Stored);

    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        _loop = RunAsync();
        return ValueTask.CompletedTask;
    }

    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _loop.WaitAsync(cancellationToken);
    }

    public async ValueTask WriteAsync(
        Scope scope, string logGroup, string logStream, IReadOnlyList<LogLine> lines, CancellationToken cancellationToken)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var chars = lines.Sum(line => line.Message.Length);
        var stored = chars > LargeBatchChars ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        await _queue.Writer.WriteAsync(new(scope, logGroup, logStream, lines, chars, stored), cancellationToken);
        if (stored is not null)
        {
            await stored.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task RunAsync()
    {
        var gathered = new List<Batch>(BatchesPerWrite);
        while (await _queue.Reader.WaitToReadAsync())
        {
            gathered.Clear();
            var chars = 0;
            while (gathered.Count < BatchesPerWrite && chars < CharsPerWrite && _queue.Reader.TryRead(out var batch))
            {
                gathered.Add(batch);
                chars += batch.Chars;
            }

            try
            {
                await StoreAsync(gathered);
            }
            catch (Exception fault)
            {
                // A disk that is full or failing, or a mistake of ours, must not end this loop and with it everybody's log: what is lost is said.
                LogLost(logger, fault, gathered.Sum(batch => batch.Lines.Count));
            }
            finally
            {
                gathered.ForEach(static batch => batch.Stored?.TrySetResult());
            }
        }
    }

    private async ValueTask StoreAsync(List<Batch> gathered)
    {
        var now = time.GetUtcNow();
        var encoded = gathered
            .GroupBy(batch => (batch.Scope, batch.Group, batch.Stream))
            .Select(stream => (
                stream.Key.Scope,
                Batch: EventBatch.Encode(
                    stream.Key.Group,
                    stream.Key.Stream,
                    [.. stream.SelectMany(batch => batch.Lines).Select(line => new LogEntry<LogEventRecord>(line.Timestamp, new(line.Message, now)))])))
            .ToList();
        await store.Database.WriteAsync(
            transaction =>
            {
                foreach (var (scope, batch) in encoded)
                {
                    if (!LogsStore.TryAppend(transaction, scope, batch, now))
                    {
                        CreateStream(transaction, scope, batch, now);
                        LogsStore.TryAppend(transaction, scope, batch, now);
                    }
                }
            },
            CancellationToken.None);
    }

    private static void CreateStream(ITransaction transaction, Scope scope, EventBatch batch, DateTimeOffset now)
    {
        var group = LogsStore.Key(scope, batch.Group);
        if (transaction.Get(LogsStore.Groups, group).Value is null)
        {
            transaction.Put(
                LogsStore.Groups,
                group,
                new LogGroupRecord { AccountId = scope.AccountId, Region = scope.Region, Name = batch.Group, CreatedAt = now });
        }

        transaction.Put(
            LogsStore.Streams,
            LogsStore.Key(scope, batch.Group, batch.Stream),
            new LogStreamRecord { Group = batch.Group, Name = batch.Stream, CreatedAt = now });
    }

    [LoggerMessage(LogLevel.Error, "{Count} log lines of workloads are lost: the store did not take them")]
    private static partial void LogLost(ILogger logger, Exception fault, int count);
}
