using System.Threading.Tasks.Sources;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>What a request to the Runtime API met.</summary>
internal enum SessionAnswer
{
    Accepted,

    /// <summary>No event of that id is with this runtime.</summary>
    UnknownRequest,

    /// <summary>Not at this point: answered already, or asked for the next event without an answer.</summary>
    WrongState,
}

/// <summary>Whether an event reached its runtime.</summary>
internal enum Delivery
{
    Done,

    /// <summary>The runtime gets it when it next asks.</summary>
    Waiting,

    /// <summary>The environment has ended.</summary>
    Impossible,
}

/// <summary>
/// The state machine between events and one runtime: hands each event over exactly once, whichever comes first, the event or the runtime
/// asking for it. Knows nothing of HTTP. Members may be called at once.
/// </summary>
internal sealed class RuntimeSession : IValueTaskSource<Invocation?>
{
    private readonly Lock _lock = new();
    private readonly Action<Invocation> _onFetched;
    private readonly Action _onAsked;

    // One poll at a time, so one source serves them all.
    private ManualResetValueTaskSourceCore<Invocation?> _poll;
    private bool _isPolling;
    private bool _isEnded;
    private Invocation? _assigned;
    private Invocation? _current;
    private string? _answeredId;

    /// <param name="onFetched">The runtime got an event; called before it sees it.</param>
    /// <param name="onAsked">The runtime asked for an event and there is none yet: it is ready.</param>
    internal RuntimeSession(Action<Invocation> onFetched, Action onAsked)
    {
        _onFetched = onFetched;
        _onAsked = onAsked;

        // The event goes out on the thread that brings it: no thread switch.
        _poll.RunContinuationsAsynchronously = false;
    }

    /// <summary>The runtime asks for the next event. Completes with null when the environment ends or the poll is given up.</summary>
    /// <param name="answer">Anything but accepted: it may not ask now, and the task is null at once.</param>
    internal ValueTask<Invocation?> NextAsync(out SessionAnswer answer)
    {
        Invocation? ready;
        short token;
        lock (_lock)
        {
            answer = _current is not null || _isPolling ? SessionAnswer.WrongState : SessionAnswer.Accepted;
            if (answer != SessionAnswer.Accepted || _isEnded)
            {
                return default;
            }

            ready = _assigned;
            _assigned = null;
            _current = ready;
            if (ready is null)
            {
                _poll.Reset();
                _isPolling = true;
            }

            token = _poll.Version;
        }

        if (ready is not null)
        {
            _onFetched(ready);
            return new(ready);
        }

        _onAsked();
        return new(this, token);
    }

    /// <summary>The runtime's connection went away while it waited.</summary>
    internal void AbandonPoll()
    {
        lock (_lock)
        {
            if (!_isPolling)
            {
                return;
            }

            _isPolling = false;
        }

        _poll.SetResult(null);
    }

    /// <summary>Gives an event to the runtime, now or when it next asks.</summary>
    internal Delivery Deliver(Invocation invocation)
    {
        lock (_lock)
        {
            if (_isEnded)
            {
                return Delivery.Impossible;
            }

            if (!_isPolling)
            {
                _assigned = invocation;
                return Delivery.Waiting;
            }

            _isPolling = false;
            _current = invocation;
        }

        _onFetched(invocation);
        _poll.SetResult(invocation);
        return Delivery.Done;
    }

    /// <summary>Takes an event back that the runtime has not asked for.</summary>
    internal bool TryTakeBack(Invocation invocation)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_assigned, invocation))
            {
                return false;
            }

            _assigned = null;
            return true;
        }
    }

    /// <summary>The runtime begins to answer. The event is then with the caller, and the runtime may ask for the next one.</summary>
    internal SessionAnswer TryBeginAnswer(string requestId, out Invocation? invocation)
    {
        lock (_lock)
        {
            invocation = _current;
            if (invocation is not null && invocation.RequestId == requestId)
            {
                _current = null;
                _answeredId = requestId;
                return SessionAnswer.Accepted;
            }

            invocation = null;
            return requestId == _answeredId ? SessionAnswer.WrongState : SessionAnswer.UnknownRequest;
        }
    }

    /// <summary>Ends the session: polls end, events that were not answered are given back.</summary>
    internal (Invocation? Assigned, Invocation? Current) End()
    {
        (Invocation?, Invocation?) open;
        lock (_lock)
        {
            _isEnded = true;
            open = (_assigned, _current);
            _assigned = null;
            _current = null;
        }

        AbandonPoll();
        return open;
    }

    Invocation? IValueTaskSource<Invocation?>.GetResult(short token) => _poll.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Invocation?>.GetStatus(short token) => _poll.GetStatus(token);

    void IValueTaskSource<Invocation?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _poll.OnCompleted(continuation, state, token, flags);
}
