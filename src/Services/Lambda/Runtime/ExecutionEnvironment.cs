using Fogbank.Engines;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// One execution environment: a started workload, the session with its runtime, its log. It takes one event at a time and dies once. Its
/// pool decides who uses it when.
/// </summary>
internal sealed class ExecutionEnvironment : IRuntimeOwner
{
    // The runtime asks for the next event right after it answered; one that does not in this time is busy with something of its own.
    private static readonly TimeSpan PickupTime = TimeSpan.FromMilliseconds(40);

    private static readonly Task<InvocationOutcome> UndeliveredTask = Task.FromResult(InvocationOutcome.Undelivered);

    private readonly TimeProvider _time;
    private readonly InvocationRecorder _recorder;
    private readonly ITimer _timer;
    private readonly TaskCompletionSource<InitResult> _init = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Invocation? _invocation;
    private bool _isReady;
    private int _isDead;
    private TimeSpan? _initDuration;

    internal ExecutionEnvironment(EnvironmentPlan plan, string id, EnvironmentLog log, InvocationRecorder recorder, TimeProvider time)
    {
        Plan = plan;
        Id = id;
        Log = log;
        _recorder = recorder;
        _time = time;
        Session = new RuntimeSession(OnFetched, OnAsked);
        _timer = time.CreateTimer(static state => ((ExecutionEnvironment)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    internal EnvironmentPlan Plan { get; }

    internal string Id { get; }

    internal EnvironmentLog Log { get; }

    internal RuntimeSession Session { get; }

    /// <summary>Its pool; set before the first event.</summary>
    internal EnvironmentPool? Pool { get; set; }

    internal IWorkload? Workload { get; set; }

    /// <summary>
    /// When its launch began, as a timestamp: on a busy machine the runtime may have come far before the launch is reported.
    /// </summary>
    internal required long StartedAt { get; init; }

    /// <summary>Since when it idles; the pool's.</summary>
    internal long IdleSince { get; set; }

    /// <summary>Set while it is frozen or being frozen; the pool's. Completes when the engine is done.</summary>
    internal Task? Freezing { get; set; }

    /// <summary>An event was given back because the runtime did not ask in time; it joins its pool again when it does.</summary>
    internal bool IsStraggling { get; private set; }

    internal bool IsDead => Volatile.Read(ref _isDead) != 0;

    /// <summary>How initialisation ended.</summary>
    internal Task<InitResult> Init => _init.Task;

    /// <summary>Completes when somebody wants it dead.</summary>
    internal Task Killed => _killed.Task;

    /// <summary>Hands an event over. The caller has taken the environment from its pool.</summary>
    internal Task<InvocationOutcome> RunAsync(Invocation invocation)
    {
        Volatile.Write(ref _invocation, invocation);
        switch (Session.Deliver(invocation))
        {
            case Delivery.Waiting:
                _timer.Change(PickupTime, Timeout.InfiniteTimeSpan);
                break;
            case Delivery.Impossible:
                return UndeliveredTask;
            default:
                break;
        }

        return invocation.Outcome;
    }

    public void Finish(Invocation invocation, InvocationOutcome outcome, string? errorType)
    {
        if (!invocation.TryBeginCompletion())
        {
            // The deadline was first.
            return;
        }

        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Volatile.Write(ref _invocation, null);
        outcome = Report(invocation, outcome, outcome.IsFunctionError ? InvocationReport.Error : InvocationReport.Success, errorType, null);

        // Back in the pool before the caller hears: its next event finds a warm environment.
        Pool?.Return(this);
        invocation.Complete(outcome);
    }

    public bool FailInit(ReadOnlyMemory<byte> payload, string errorType) =>
        _init.TrySetResult(new InitResult { ErrorPayload = payload, ErrorType = errorType });

    /// <summary>Its command cannot be started: it never had a workload.</summary>
    internal void FailStart(StartProblem problem) => _init.TrySetResult(new InitResult { Problem = problem, ErrorType = problem.ErrorType });

    /// <summary>Marks it dead; its supervisor then takes it down. Repeating it is harmless.</summary>
    internal void Kill()
    {
        if (Interlocked.Exchange(ref _isDead, 1) == 0)
        {
            Pool?.Remove(this);
        }

        _killed.TrySetResult();
    }

    /// <summary>The workload has ended, by itself or not: what it had in hand fails.</summary>
    internal void OnExited(WorkloadExit exit)
    {
        Kill();
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _init.TrySetResult(new InitResult { Exit = exit });
        var (assigned, current) = Session.End();
        if (assigned is not null && assigned.TryBeginCompletion())
        {
            assigned.Complete(InvocationOutcome.Undelivered);
        }

        if (current is not null && current.TryBeginCompletion())
        {
            var text = ErrorPayload.ExitText(exit.ExitCode, exit.Signal, exit.OutOfMemory);
            var outcome = InvocationOutcome.Error(ErrorPayload.Exit(current.RequestId, exit.ExitCode, exit.Signal, exit.OutOfMemory));
            current.Complete(Report(
                current, outcome, InvocationReport.Error, ErrorPayload.ExitError, LogLines.Exited(current.RequestId, text)));
        }
    }

    /// <summary>Initialisation as part of an invocation has failed too: that is the invocation's result.</summary>
    /// <param name="invocation">The event that waited for it.</param>
    /// <param name="result">How it ended; null: not in time.</param>
    internal InvocationOutcome FailInit(Invocation invocation, InitResult? result)
    {
        Log.Start(invocation);
        if (result is null)
        {
            return Report(
                invocation,
                InvocationOutcome.Error(ErrorPayload.Timeout(invocation.RequestId, invocation.Timeout)),
                InvocationReport.Timeout,
                null,
                LogLines.TimedOut(_time.GetUtcNow(), invocation.RequestId, invocation.Timeout));
        }

        if (result.Problem is { } problem)
        {
            return Report(
                invocation,
                InvocationOutcome.Error(ErrorPayload.NotStarted(invocation.RequestId, problem.ErrorType, problem.Text)),
                InvocationReport.Error,
                problem.ErrorType,
                LogLines.Failed(invocation.RequestId, problem.Text, problem.ErrorType));
        }

        if (result.Exit is { } exit)
        {
            var payload = ErrorPayload.Exit(invocation.RequestId, exit.ExitCode, exit.Signal, exit.OutOfMemory);
            return Report(invocation, InvocationOutcome.Error(payload), InvocationReport.Error, ErrorPayload.ExitError, null);
        }

        return Report(invocation, InvocationOutcome.Error(result.ErrorPayload), InvocationReport.Error, result.ErrorType, null);
    }

    /// <summary>Initialisation was part of the invocation: it is in its duration already.</summary>
    internal void ForgetInit() => _initDuration = null;

    /// <summary>An event is with the runtime; completes when it is answered. Null where there is none.</summary>
    internal Task? Busy => Volatile.Read(ref _invocation)?.Outcome;

    internal void DisposeTimer() => _timer.Dispose();

    // The runtime asks for an event and there is none yet: it is ready.
    private void OnAsked()
    {
        if (!_isReady)
        {
            _isReady = true;
            _initDuration = _time.GetElapsedTime(StartedAt);
            _init.TrySetResult(new InitResult { IsReady = true, Duration = _initDuration.Value });
            return;
        }

        if (IsStraggling)
        {
            IsStraggling = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Pool?.Return(this);
        }
    }

    // The runtime gets an event: from here its time runs.
    private void OnFetched(Invocation invocation)
    {
        var now = _time.GetTimestamp();
        var utc = _time.GetUtcNow();
        if (invocation.StartedAt == 0)
        {
            invocation.StartedAt = now;
            invocation.Deadline = utc + invocation.Timeout;
        }

        if (_initDuration is { } init)
        {
            invocation.InitDuration = init;
            _initDuration = null;
        }

        var left = invocation.Timeout - _time.GetElapsedTime(invocation.StartedAt, now);
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Log.Start(invocation);
    }

    private void OnTimer()
    {
        if (Volatile.Read(ref _invocation) is not { } invocation)
        {
            if (IsStraggling)
            {
                // It answered without asking for more and works on: nothing may run longer than its function's time-out.
                Kill();
            }

            return;
        }

        if (invocation.StartedAt == 0)
        {
            TakeBack(invocation);
            return;
        }

        // Timers are as coarse as the clock they count on: never early, so look again.
        var left = invocation.Timeout - _time.GetElapsedTime(invocation.StartedAt);
        if (left > TimeSpan.Zero)
        {
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            return;
        }

        if (!invocation.TryBeginCompletion())
        {
            return;
        }

        Kill();
        var outcome = InvocationOutcome.Error(ErrorPayload.Timeout(invocation.RequestId, invocation.Timeout));
        invocation.Complete(Report(
            invocation, outcome, InvocationReport.Timeout, null, LogLines.TimedOut(_time.GetUtcNow(), invocation.RequestId, invocation.Timeout)));
    }

    private void TakeBack(Invocation invocation)
    {
        // Before the events are taken: the runtime may ask right now, and must then find its pool again. What it is busy with may take as
        // long as its function.
        IsStraggling = true;
        _timer.Change(invocation.Timeout, Timeout.InfiniteTimeSpan);
        if (!Session.TryTakeBack(invocation))
        {
            IsStraggling = false;
            if (invocation.StartedAt != 0)
            {
                var left = invocation.Timeout - _time.GetElapsedTime(invocation.StartedAt);
                _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }

            return;
        }

        Interlocked.CompareExchange(ref _invocation, null, invocation);
        Pool?.Straggle(this);
        if (invocation.TryBeginCompletion())
        {
            invocation.Complete(InvocationOutcome.Undelivered);
        }
    }

    private InvocationOutcome Report(Invocation invocation, InvocationOutcome outcome, string status, string? errorType, string? extraLine)
    {
        var duration = _time.GetElapsedTime(invocation.StartedAt);
        if (status == InvocationReport.Timeout)
        {
            // AWS reports and bills exactly the time-out.
            duration = invocation.Timeout;
        }

        var report = new InvocationReport
        {
            RequestId = invocation.RequestId,
            Duration = duration,
            InitDuration = invocation.InitDuration,
            MemoryMegabytes = Plan.Version.MemoryMegabytes,
            Status = status,
            ErrorType = errorType,
        };
        var tail = Log.End(report, extraLine, invocation.WantsLog);
        _recorder.Record(Plan, report, outcome.IsFunctionError, invocation.Lease.CountNow);
        return outcome with { Duration = duration, LogTail = tail };
    }
}

/// <summary>How the initialisation of an environment ended: ready, by an error that the runtime told, by its exit, or before it began.</summary>
internal sealed record InitResult
{
    internal bool IsReady { get; init; }

    internal TimeSpan Duration { get; init; }

    internal ReadOnlyMemory<byte> ErrorPayload { get; init; }

    internal string? ErrorType { get; init; }

    internal WorkloadExit? Exit { get; init; }

    /// <summary>Nothing was started at all.</summary>
    internal StartProblem? Problem { get; init; }
}
