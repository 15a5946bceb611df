using System.Security.Cryptography;

namespace Fogbank.Services.Ecr.Store;

/// <summary>
/// One request at a time works on an upload; the newest wins, since it is what the client does after it gave up the one before. Between them
/// the state of the hash is remembered, so that bytes are read once. It is memory only: what is not remembered is hashed from the store.
/// </summary>
internal sealed class UploadTurns
{
    private const int MaxRemembered = 4096;
    private readonly Dictionary<string, State> _states = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Ends the request that works on the upload now, and waits for its end.</summary>
    internal async ValueTask<Turn> EnterAsync(string id, CancellationToken cancellationToken)
    {
        State state;
        CancellationTokenSource? before;
        lock (_lock)
        {
            if (!_states.TryGetValue(id, out state!))
            {
                _states.Add(id, state = new State());
            }

            state.Users++;
            before = state.Superseded;
        }

        try
        {
            await EndAsync(before);
            await state.Gate.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(id, state, ended: false);
            throw;
        }

        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock)
        {
            state.Superseded = source;
        }

        return new Turn(this, id, state, source);
    }

    private void Leave(string id, State state, bool ended)
    {
        lock (_lock)
        {
            state.Users--;
            if (ended)
            {
                state.Forget();
            }

            if (state.Users == 0 && state.Hash is null)
            {
                _states.Remove(id);
            }

            if (_states.Count > MaxRemembered)
            {
                ForgetIdle();
            }
        }
    }

    /// <summary>Most of so many are uploads that nobody will end.</summary>
    private void ForgetIdle()
    {
        foreach (var (id, state) in _states)
        {
            if (state.Users == 0)
            {
                state.Forget();
                _states.Remove(id);
            }
        }
    }

    private static async ValueTask EndAsync(CancellationTokenSource? before)
    {
        if (before is null)
        {
            return;
        }

        try
        {
            await before.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself.
        }
    }

    /// <summary>The right to work on an upload.</summary>
    internal sealed class Turn(UploadTurns turns, string id, State state, CancellationTokenSource source) : IDisposable
    {
        private bool _ended;

        /// <summary>Cancelled when the client leaves or comes again.</summary>
        internal CancellationToken Token => source.Token;

        /// <summary>A SHA-256 that has seen the first <paramref name="offset"/> bytes; null where nobody remembers.</summary>
        internal IncrementalHash? HashAt(long offset)
        {
            if (state.Hash is not null && state.Hashed != offset)
            {
                state.Forget();
            }

            if (offset == 0)
            {
                state.Start();
            }

            return state.Hash;
        }

        /// <summary>What the hash has seen is committed.</summary>
        internal void Remember(long offset) => state.Hashed = offset;

        /// <summary>The hash has seen what was not committed.</summary>
        internal void Forget() => state.Forget();

        /// <summary>The upload is over.</summary>
        internal void End() => _ended = true;

        public void Dispose()
        {
            lock (turns._lock)
            {
                state.Superseded = null;
            }

            source.Dispose();
            turns.Leave(id, state, _ended);
            state.Gate.Release();
        }
    }

    /// <summary>What is remembered of an upload.</summary>
    internal sealed class State
    {
        internal SemaphoreSlim Gate { get; } = new(1, 1);

        internal int Users { get; set; }

        internal CancellationTokenSource? Superseded { get; set; }

        internal IncrementalHash? Hash { get; private set; }

        internal long Hashed { get; set; }

        internal void Start() => Hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        internal void Forget()
        {
            Hash?.Dispose();
            Hash = null;
            Hashed = 0;
        }
    }
}
