using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Fogbank.Kernel.Signing;

/// <summary>Keeps derived keys: a client uses one for a day, and deriving takes four hashes. Safe to use from any thread.</summary>
public sealed class SigningKeyCache(int capacity = 1024)
{
    private readonly ConcurrentDictionary<Entry, byte[]> _keys = new();

    private readonly record struct Entry(string SecretHash, CredentialScope Scope);

    public byte[] Get(string secretAccessKey, CredentialScope scope)
    {
        // The secret itself is not kept as a key of the table, only its hash.
        var entry = new Entry(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secretAccessKey))), scope);
        if (_keys.TryGetValue(entry, out var key))
        {
            return key;
        }

        if (_keys.Count >= capacity)
        {
            // Scopes carry a date, so all entries are stale within a day anyway: starting over is as good as choosing.
            _keys.Clear();
        }

        return _keys[entry] = SigV4.DeriveKey(secretAccessKey, scope);
    }
}
