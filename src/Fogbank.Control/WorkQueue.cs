using Fogbank.Store;

namespace Fogbank.Control;

/// <summary>
/// The keys of one runner: a key waits or has its pass once at most, and what is told of it during its pass makes it wait again afterwards.
/// It also remembers which keys may not run yet. As many workers as there may be are started as keys come, and end when none waits.
/// </summary>
/// <param name="concurrency">Workers at most.</param>
/// <param name="startWorker">Starts one; called under the queue's lock, so it only hands over. A worker takes keys until there is none.</param>
internal sealed class WorkQueue(int concurrency, Action startWorker)
{
    private const int Length = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<StoreKey> _waiting = new();
    private readonly Dictionary<StoreKey, KeyState> _keys = [];
    private readonly RestingKeys _resting = new();
    private TaskCompletionSource? _empty;
    private int _workers;
    private bool _isClosed;

    private enum KeyState
    {
        Waiting,
        Running,

        /// <summary>Running, and told of again since the pass began.</summary>
        Again,
    }

    internal int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Keys that rest after a failure or after writing their own row.</summary>
    internal int Resting
    {
        get
        {
            lock (_lock)
            {
                return _resting.Count;
            }
        }
    }

    /// <summary>How many due keys a sweep must read: those under way are still due in the store and must not hide the ones behind them.</summary>
    internal int SweepLimit
    {
        get
        {
            lock (_lock)
            {
                return _keys.Count + _resting.Count + Length;
            }
        }
    }

    /// <summary>A sweep found a key due. False: it is here already, rests, or there is no room.</summary>
    internal bool TryAdd(StoreKey key, DateTimeOffset now)
    {
        lock (_lock)
        {
            return !_keys.ContainsKey(key) && Enqueue(key, now);
        }
    }

    /// <summary>A commit made a key due.</summary>
    internal void Tell(StoreKey key, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_keys.TryGetValue(key, out var state))
            {
                Enqueue(key, now);
            }
            else if (state == KeyState.Running)
            {
                _keys[key] = KeyState.Again;
            }
        }
    }

    /// <summary>For a worker: the next key. False: none waits, and the worker has ended.</summary>
    internal bool TryTake(out StoreKey key)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out key))
            {
                _keys[key] = KeyState.Running;
                return true;
            }

            if (--_workers == 0)
            {
                // Keys that a stop threw out of the queue are forgotten here; in the store they are still due.
                _keys.Clear();
                _empty?.TrySetResult();
                _empty = null;
            }

            return false;
        }
    }

    /// <summary>For a worker: the pass of a key is over.</summary>
    internal void Finish(StoreKey key, DateTimeOffset now)
    {
        lock (_lock)
        {
            _keys.Remove(key, out var state);
            if (state == KeyState.Again)
            {
                Enqueue(key, now);
            }
        }
    }

    /// <summary>The pass went well.</summary>
    /// <param name="notBefore">A time before which the key does not run again; null almost always.</param>
    internal void Succeed(StoreKey key, DateTimeOffset? notBefore)
    {
        lock (_lock)
        {
            if (notBefore is { } time)
            {
                _resting.Rest(key, time);
            }
            else
            {
                _resting.Forget(key);
            }
        }
    }

    /// <summary>The pass failed: the key rests for as long as the back-off says.</summary>
    /// <param name="restUntil">Gets how often it has failed in a row.</param>
    internal (int Attempts, DateTimeOffset Until) Fail(StoreKey key, Func<int, DateTimeOffset> restUntil)
    {
        lock (_lock)
        {
            var attempts = _resting.AttemptsOf(key) + 1;
            var until = restUntil(attempts);
            _resting.Fail(key, attempts, until);
            return (attempts, until);
        }
    }

    /// <summary>A sweep has read all that is due: a key that rested and is not among it was deleted, or settled by somebody else.</summary>
    internal void ForgetOthers(IReadOnlyList<DueKey> due, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_resting.Count > 0)
            {
                _resting.ForgetOthers([.. due.Select(static key => key.Key), .. _keys.Keys], now);
            }
        }
    }

    internal void ForgetFailures()
    {
        lock (_lock)
        {
            _resting.Clear();
        }
    }

    /// <summary>Drops what waits and takes no more.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _waiting.Clear();
        }
    }

    /// <summary>Completes when no key waits and none has its pass.</summary>
    internal Task WhenEmptyAsync()
    {
        lock (_lock)
        {
            return _workers == 0 ? Task.CompletedTask : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private bool Enqueue(StoreKey key, DateTimeOffset now)
    {
        if (_isClosed || _waiting.Count >= Length || _resting.IsResting(key, now))
        {
            return false;
        }

        _keys.Add(key, KeyState.Waiting);
        _waiting.Enqueue(key);
        if (_workers < concurrency)
        {
            _workers++;
            startWorker();
        }

        return true;
    }
}
