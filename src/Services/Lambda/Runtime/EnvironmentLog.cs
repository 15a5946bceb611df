using System.Text;
using System.Threading.Channels;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// The log of one environment: its output and the platform's lines, in order, batched, into one stream. Invocations only leave a note
/// here; formatting and writing are this loop's. A flood slows down its own writer only: what is read waits for what is written.
/// </summary>
internal sealed class EnvironmentLog(EnvironmentPlan plan, string stream, ILogSink sink, TimeProvider time)
{
    // Output of an invocation is in the pipe before its answer is; this much later it has been read.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MaxSettle = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(20);

    private const int MaxBufferedLines = 2048;
    private const int MaxBufferedChars = 1 << 20;
    private const int TailBytes = 4096;

    private readonly Lock _lock = new();

    // A signal that remembers being given once.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<LogLine> _lines = [];
    private int _chars;
    private int _tailChars;
    private long _memory;
    private long _memoryAt;
    private TaskCompletionSource? _room;
    private Ending? _ending;
    private Queue<string>? _tail;
    private long _lastOutputAt;
    private bool _isClosed;

    /// <summary>What the end of an invocation leaves to be written once its output is in.</summary>
    private sealed record Ending(InvocationReport Report, DateTimeOffset At, long Timestamp, string? Extra, TaskCompletionSource<byte[]>? Tail);

    /// <summary>Gives the highest memory use so far, for the REPORT line; asked by the loop only.</summary>
    internal Func<ValueTask<long>>? MaxMemory { get; set; }

    private bool IsQuiet => plan.LogsJson && plan.Version.Logging.SystemLevel == "WARN";

    internal void InitStart(string runtimeVersion, string runtimeArn)
    {
        var now = time.GetUtcNow();
        Platform(now, plan.LogsJson
            ? LogLines.JsonInitStart(now, runtimeVersion, runtimeArn, plan.Function.Name, plan.Version.Version)
            : LogLines.InitStart(runtimeVersion, runtimeArn));
    }

    internal void InitReport(TimeSpan duration, string phase, string status, string? errorType)
    {
        var now = time.GetUtcNow();
        Platform(now, plan.LogsJson
            ? LogLines.JsonInitReport(now, duration, phase, status, errorType)
            : LogLines.InitReport(duration, phase, status, errorType));
    }

    /// <summary>The runtime got an event. What the one before left open is written first.</summary>
    internal void Start(Invocation invocation, DateTimeOffset now)
    {
        Ending? before;
        lock (_lock)
        {
            before = _ending;
            _ending = null;
            if (before is not null)
            {
                WriteEnding(before);
            }

            _tail = invocation.WantsLog ? [] : null;
            _tailChars = 0;
            if (!IsQuiet)
            {
                Add(new(now, plan.LogsJson
                    ? LogLines.JsonStart(now, invocation.RequestId, plan.Version.Version)
                    : LogLines.Start(invocation.RequestId, plan.Version.Version)));
            }
        }

        Wake();
    }

    /// <summary>The event is answered.</summary>
    /// <param name="report">Without memory use.</param>
    /// <param name="extra">A line before END: a time-out, an exit.</param>
    /// <param name="wantsTail">Gives the end of the log of this invocation once it is complete.</param>
    internal Task<byte[]>? End(InvocationReport report, string? extra, bool wantsTail)
    {
        var tail = wantsTail ? new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        lock (_lock)
        {
            if (_ending is { } before)
            {
                WriteEnding(before);
            }

            _ending = new(report, time.GetUtcNow(), time.GetTimestamp(), extra, tail);
        }

        Wake();
        return tail?.Task;
    }

    /// <summary>Takes the workload's output until it ends.</summary>
    internal async Task ReadAsync(IWorkload workload, CancellationToken cancellationToken)
    {
        LineSplitter output = new(), errors = new();
        var records = new List<string>();
        try
        {
            await foreach (var chunk in workload.ReadOutputAsync(cancellationToken))
            {
                if (chunk.DroppedBytes > 0)
                {
                    records.Add($"[{chunk.DroppedBytes} bytes of output were dropped: they came faster than the log could take them]");
                }

                (chunk.Stream == LogStream.StandardError ? errors : output).Append(chunk.Data.Span, records);
                await AddAsync(records, chunk.ReadAt, cancellationToken);
            }

            output.Flush(records);
            errors.Flush(records);
            await AddAsync(records, time.GetUtcNow(), cancellationToken);
        }
        catch (Exception gone) when (gone is OperationCanceledException or EngineException)
        {
            // The environment is being taken down; what was read is kept.
        }
    }

    /// <summary>Writes batches until <see cref="CloseAsync"/>. One call for the life of the environment.</summary>
    internal async Task WriteAsync()
    {
        var batch = new List<LogLine>();
        try
        {
            while (true)
            {
                await _wake.Reader.ReadAsync();

                // Waits for company, and for output that belongs before an END.
                await Task.Delay(Settle, time);
                await RefreshMemoryAsync();
                FinishEnding();
                bool isClosed;
                TaskCompletionSource? room;
                lock (_lock)
                {
                    (batch, _lines) = (_lines, batch);
                    _chars = 0;
                    (room, _room) = (_room, null);
                    isClosed = _isClosed && _ending is null;
                }

                room?.TrySetResult();
                if (batch.Count > 0)
                {
                    await sink.WriteAsync(plan.Function.Scope, plan.Version.Logging.Group, stream, batch, CancellationToken.None);
                    batch = [];
                }

                if (isClosed)
                {
                    return;
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _isClosed = true;
                _ending?.Tail?.TrySetResult([]);
                _room?.TrySetResult();
            }

            _ended.TrySetResult();
        }
    }

    /// <summary>Writes what is left and ends the loop.</summary>
    internal async Task CloseAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        Wake();
        await _ended.Task;
    }

    // The REPORT needs the memory use, which the engine is asked for outside the lock and not for every event of a busy environment.
    private async ValueTask RefreshMemoryAsync()
    {
        if (MaxMemory is not null && (_memory == 0 || time.GetElapsedTime(_memoryAt) > MemoryInterval))
        {
            var memory = await MaxMemory();
            lock (_lock)
            {
                _memory = Math.Max(_memory, memory);
                _memoryAt = time.GetTimestamp();
            }
        }
    }

    private void FinishEnding()
    {
        lock (_lock)
        {
            if (_ending is not { } ending)
            {
                return;
            }

            if (IsSettled(ending))
            {
                _ending = null;
                WriteEnding(ending);
                return;
            }
        }

        Wake();
    }

    private bool IsSettled(Ending ending) =>
        _isClosed
        || time.GetElapsedTime(ending.Timestamp) > MaxSettle
        || (_room is null && time.GetElapsedTime(ending.Timestamp) >= Settle && time.GetElapsedTime(_lastOutputAt) >= Settle);

    private void WriteEnding(Ending ending)
    {
        var report = ending.Report with { MaxMemoryBytes = _memory };
        if (ending.Extra is not null)
        {
            Add(new(ending.At, ending.Extra));
        }

        if (plan.LogsJson)
        {
            if (!IsQuiet)
            {
                Add(new(ending.At, LogLines.JsonReport(ending.At, report)));
            }
        }
        else
        {
            Add(new(ending.At, LogLines.End(report.RequestId)));
            Add(new(ending.At, LogLines.Report(report)));
        }

        ending.Tail?.TrySetResult(TailOf(_tail));
        _tail = null;
    }

    private static byte[] TailOf(Queue<string>? lines)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat((lines ?? new Queue<string>()).Select(static line => line + "\n")));
        return text.Length <= TailBytes ? text : text[^TailBytes..];
    }

    private void Platform(DateTimeOffset now, string line)
    {
        lock (_lock)
        {
            if (IsQuiet)
            {
                return;
            }

            Add(new(now, line));
        }

        Wake();
    }

    private void Add(LogLine line)
    {
        if (_isClosed && _ended.Task.IsCompleted)
        {
            return;
        }

        _lines.Add(line);
        _chars += line.Message.Length;
        if (_tail is not null)
        {
            _tail.Enqueue(line.Message);
            _tailChars += line.Message.Length + 1;
            while (_tailChars - _tail.Peek().Length - 1 >= TailBytes)
            {
                _tailChars -= _tail.Dequeue().Length + 1;
            }
        }
    }

    private async ValueTask AddAsync(List<string> records, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return;
        }

        Task? wait = null;
        lock (_lock)
        {
            foreach (var record in records)
            {
                Add(new(at, record));
            }

            _lastOutputAt = time.GetTimestamp();
            if (_lines.Count > MaxBufferedLines || _chars > MaxBufferedChars)
            {
                wait = (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }

        records.Clear();
        Wake();
        if (wait is not null)
        {
            await wait.WaitAsync(cancellationToken);
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);
}
