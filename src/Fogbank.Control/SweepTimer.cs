namespace Fogbank.Control;

/// <summary>Says when a runner sweeps: at least every second, sooner where a key is known to come due, never twice at once.</summary>
/// <param name="sweep">Must not throw.</param>
/// <param name="time">The clock.</param>
internal sealed class SweepTimer(Func<Task> sweep, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private DateTimeOffset _next = DateTimeOffset.MaxValue;
    private Task _sweep = Task.CompletedTask;
    private bool _isStopped;
    private bool _isSweeping;

    // It was time while a sweep was under way, which may have read before what came due.
    private bool _isMissed;

    /// <summary>Makes the timer; the first sweep begins with <see cref="Begin"/>.</summary>
    internal void Start() =>
        _timer = time.CreateTimer(static state => ((SweepTimer)state!).Begin(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Sweeps now, or once more after the one that is under way.</summary>
    internal void Begin()
    {
        lock (_lock)
        {
            _next = DateTimeOffset.MaxValue;
            if (_isSweeping)
            {
                _isMissed = true;
            }
            else if (!_isStopped)
            {
                _isSweeping = true;
                _sweep = RunAsync();
            }
        }
    }

    /// <summary>Sees to a sweep not later than a time.</summary>
    internal void By(DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isStopped || _timer is null || at >= _next)
            {
                return;
            }

            _next = at;
            var wait = at - time.GetUtcNow();

            // Never longer than the interval: the clock may have jumped since it was read, and a key that is known must not be slept over.
            _timer.Change(wait <= TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : wait < Interval ? wait : Interval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>No sweep begins any more; waits for the one under way.</summary>
    internal async Task StopAsync()
    {
        Task last;
        lock (_lock)
        {
            _isStopped = true;
            last = _sweep;
        }

        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        await last;
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        await sweep();
        lock (_lock)
        {
            By(time.GetUtcNow() + (_isMissed ? TimeSpan.Zero : Interval));
            _isMissed = false;
            _isSweeping = false;
        }
    }
}
