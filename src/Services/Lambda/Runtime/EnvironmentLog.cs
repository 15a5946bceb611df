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
    // Lines wait this long for company, unless somebody waits for them.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(50);

    private const int MaxBufferedLines = 2048;
    private const int MaxBufferedChars = 1 << 20;

    private readonly Lock _lock = new();

    // A signal that remembers being given once.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<LogLine> _lines = [];
    private readonly List<OpenReport> _reports = [];
    private int _chars;
    private long _memory;
    private long _memoryAt;
    private TaskCompletionSource? _room;
    private LogTail? _tail;
    private string? _failedInit;
    private bool _isClosed;

    /// <summary>A REPORT that has its place among the lines and lacks the memory use.</summary>
    private readonly record struct OpenReport(int Line, InvocationReport Report, LogTail? Tail, TaskCompletionSource<byte[]>? WhenComplete);

    /// <summary>Whose output this is; null before it was launched.</summary>
    internal IWorkload? Workload { get; set; }

    /// <summary>Gives the highest memory use so far, for the REPORT line; asked by the loop only.</summary>
    internal Func<ValueTask<long>>? MaxMemory { get; set; }

    private bool IsQuiet => plan.LogsJson && plan.Version.Logging.SystemLevel == "WARN";

    /// <summary>Of an image (null) the text form says nothing: it has no managed runtime.</summary>
    internal void InitStart((string Version, string Arn)? runtime)
    {
        var now = time.GetUtcNow();
        if (plan.LogsJson)
        {
            Platform(now, LogLines.JsonInitStart(now, runtime?.Version, runtime?.Arn, plan.Function.Name, plan.Version.Version));
        }
        else if (runtime is { } known)
        {
            Platform(now, LogLines.InitStart(known.Version, known.Arn));
        }
    }

    internal void InitReport(TimeSpan duration, string phase, string status, string? errorType)
    {
        var now = time.GetUtcNow();
        var line = plan.LogsJson
            ? LogLines.JsonInitReport(now, duration, phase, status, errorType)
            : LogLines.InitReport(duration, phase, status, errorType);
        AfterOutput(() => _failedInit = line);
        Platform(now, line);
    }

    /// <summary>The runtime is about to get an event.</summary>
    internal void Start(Invocation invocation) => AfterOutput(() =>
    {
        _tail = invocation.WantsLog ? new LogTail() : null;
        if (_failedInit is not null && !IsQuiet)
        {
            // It was part of this invocation, although the line stands before its START.
            _tail?.Add(_failedInit);
        }

        if (!IsQuiet)
        {
            // Taken here, not by the caller: a line must not be older than the output before it, since readers sort by time.
            var now = time.GetUtcNow();
            Add(new(now, plan.LogsJson
                ? LogLines.JsonStart(now, invocation.RequestId, plan.Version.Version)
                : LogLines.Start(invocation.RequestId, plan.Version.Version)));
        }
    });

    /// <summary>The event is answered: what its invocation wrote so far comes before its END, and what is written from now on after it.</summary>
    /// <param name="report">Without memory use.</param>
    /// <param name="extra">A line before END: a time-out, an exit.</param>
    /// <param name="wantsTail">Gives the end of the log of this invocation once it is complete.</param>
    internal Task<byte[]>? End(InvocationReport report, string? extra, bool wantsTail)
    {
        var whenComplete = wantsTail ? new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously) : null;
        AfterOutput(() =>
        {
            var at = time.GetUtcNow();
            if (extra is not null)
            {
                Add(new(at, extra));
            }

            if (!plan.LogsJson)
            {
                Add(new(at, LogLines.End(report.RequestId)));
            }

            if (_ended.Task.IsCompleted)
            {
                whenComplete?.TrySetResult([]);
                return;
            }

            if (!IsQuiet)
            {
                _lines.Add(new(at, ""));
                _reports.Add(new(_lines.Count - 1, report, _tail, whenComplete));
            }
            else
            {
                whenComplete?.TrySetResult(_tail?.ToBytes() ?? []);
            }
        });
        return whenComplete?.Task;
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
                if (!IsAwaited())
                {
                    await Task.Delay(Gathering, time);
                }

                await RefreshMemoryAsync();
                bool isClosed;
                TaskCompletionSource? room;
                lock (_lock)
                {
                    FillReports();
                    (batch, _lines) = (_lines, batch);
                    _chars = 0;
                    (room, _room) = (_room, null);
                    isClosed = _isClosed;
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
                _ended.TrySetResult();
                _reports.ForEach(open => open.WhenComplete?.TrySetResult([]));
                _reports.Clear();
                _room?.TrySetResult();
            }
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

    private bool IsAwaited()
    {
        lock (_lock)
        {
            return _isClosed || _reports.Exists(open => open.WhenComplete is not null);
        }
    }

    private void FillReports()
    {
        foreach (var open in _reports)
        {
            var report = open.Report with { MaxMemoryBytes = _memory };
            var at = _lines[open.Line].Timestamp;
            var line = new LogLine(at, plan.LogsJson ? LogLines.JsonReport(at, report) : LogLines.Report(report));
            _lines[open.Line] = line;
            open.Tail?.Add(line.Message);
            open.WhenComplete?.TrySetResult(open.Tail?.ToBytes() ?? []);
        }

        _reports.Clear();
    }

    // A place among the lines that follows from the workload's own output, not from when it happens to be read.
    private void AfterOutput(Action write)
    {
        if (Workload is { } workload)
        {
            workload.AfterOutput(() => Write(write));
        }
        else
        {
            Write(write);
        }
    }

    private void Write(Action write)
    {
        lock (_lock)
        {
            write();
        }

        Wake();
    }

    private void Platform(DateTimeOffset now, string line) => AfterOutput(() =>
    {
        if (!IsQuiet)
        {
            Add(new(now, line));
        }
    });

    private void Add(LogLine line)
    {
        if (_ended.Task.IsCompleted)
        {
            return;
        }

        _lines.Add(line);
        _chars += line.Message.Length;
        _tail?.Add(line.Message);
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
