using Fogbank.Store;

namespace Fogbank.Control;

/// <summary>
/// Keys that may not run before a time although their rows may say otherwise: after a failure, or because a pass keeps writing its own row.
/// Not for use by two at once.
/// </summary>
internal sealed class RestingKeys
{
    private readonly Dictionary<StoreKey, (int Attempts, DateTimeOffset NotBefore)> _keys = [];

    internal int Count => _keys.Count;

    internal bool IsResting(StoreKey key, DateTimeOffset now) => _keys.TryGetValue(key, out var rest) && rest.NotBefore > now;

    /// <summary>How often a key has failed in a row.</summary>
    internal int AttemptsOf(StoreKey key) => _keys.GetValueOrDefault(key).Attempts;

    internal void Fail(StoreKey key, int attempts, DateTimeOffset until) => _keys[key] = (attempts, until);

    internal void Rest(StoreKey key, DateTimeOffset until) => _keys[key] = (0, until);

    internal void Forget(StoreKey key) => _keys.Remove(key);

    /// <summary>Forgets the keys that have rested long enough and are not among those that are due or at work.</summary>
    internal void ForgetOthers(HashSet<StoreKey> present, DateTimeOffset now)
    {
        foreach (var (key, rest) in _keys)
        {
            if (rest.NotBefore <= now && !present.Contains(key))
            {
                _keys.Remove(key);
            }
        }
    }

    internal void Clear() => _keys.Clear();
}
