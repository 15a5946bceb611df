using System.Collections.Immutable;

namespace Fogbank.Store.Sqlite;

internal sealed partial class SqliteDatabase
{
    private ImmutableDictionary<IDueSource, ImmutableArray<Action<DueKey>>> _dueListeners =
        ImmutableDictionary<IDueSource, ImmutableArray<Action<DueKey>>>.Empty;

    private ImmutableArray<Action> _resetListeners = [];

    public IDisposable OnDue(IDueSource source, Action<DueKey> note)
    {
        ArgumentNullException.ThrowIfNull(note);
        _ = Of(source);
        ImmutableInterlocked.AddOrUpdate(ref _dueListeners, source, [note], (_, listeners) => listeners.Add(note));
        return new Subscription(() => ImmutableInterlocked.AddOrUpdate(ref _dueListeners, source, [], (_, listeners) => listeners.Remove(note)));
    }

    public IDisposable OnReset(Action note)
    {
        ArgumentNullException.ThrowIfNull(note);
        ImmutableInterlocked.Update(ref _resetListeners, listeners => listeners.Add(note));
        return new Subscription(() => ImmutableInterlocked.Update(ref _resetListeners, listeners => listeners.Remove(note)));
    }

    internal bool HasListener(IDueSource source) =>
        Volatile.Read(ref _dueListeners).TryGetValue(source, out var listeners) && !listeners.IsEmpty;

    internal void Notify(IDueSource source, DueKey key)
    {
        if (Volatile.Read(ref _dueListeners).TryGetValue(source, out var listeners))
        {
            foreach (var listener in listeners)
            {
                listener(key);
            }
        }
    }

    private void NotifyReset()
    {
        foreach (var listener in _resetListeners)
        {
            listener();
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
