using Fogbank.Kernel;

namespace Fogbank.Store;

/// <summary>
/// The key of a row: account, region, then any parts. It sorts as its parts do (text by UTF-8 bytes, which is also the order of S3 keys;
/// integers by value), and no key begins another except by whole parts, so a prefix of parts selects exactly what lies below it.
/// Equality is by content.
/// </summary>
public readonly struct StoreKey : IEquatable<StoreKey>, IComparable<StoreKey>
{
    private readonly byte[]? _bytes;

    private StoreKey(byte[] bytes) => _bytes = bytes;

    /// <summary>The encoded key. It may be kept, and must not be changed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>True for the key without any part, which is a prefix of all keys and the key of none.</summary>
    public bool IsEmpty => _bytes is null or { Length: 0 };

    internal ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The key <c>account, region, parts…</c>. What is global in AWS uses the region <c>global</c>.</summary>
    /// <exception cref="ArgumentException">A text holds a lone surrogate.</exception>
    public static StoreKey Of(string account, string region, params ReadOnlySpan<StoreKeyPart> parts)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        ArgumentException.ThrowIfNullOrEmpty(region);
        return new StoreKey(KeyEncoding.Append(KeyEncoding.Append([], [account, region]), parts));
    }

    /// <summary>The key <c>account, region, parts…</c> of a scope.</summary>
    public static StoreKey Of(Scope scope, params ReadOnlySpan<StoreKeyPart> parts) => Of(scope.AccountId, scope.Region, parts);

    /// <summary>The scope that the key lies in.</summary>
    public Scope Scope => new(Text(0), Text(1));

    /// <summary>The prefix of everything an account has, in every region; for scans and resets, not a key of a row.</summary>
    public static StoreKey OfAccount(string account)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        return new StoreKey(KeyEncoding.Append([], [account]));
    }

    /// <summary>This key with more parts behind it.</summary>
    public StoreKey Add(params ReadOnlySpan<StoreKeyPart> parts) => new(KeyEncoding.Append(Span, parts));

    /// <summary>A key from the bytes that <see cref="Bytes"/> gave.</summary>
    public static StoreKey FromBytes(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    internal static StoreKey FromOwnedBytes(byte[] bytes) => new(bytes);

    /// <summary>All parts, account and region first.</summary>
    public IReadOnlyList<StoreKeyPart> Parts()
    {
        var parts = new List<StoreKeyPart>();
        var bytes = Span;
        while (!bytes.IsEmpty)
        {
            parts.Add(KeyEncoding.Read(ref bytes));
        }

        return parts;
    }

    /// <summary>The part at <paramref name="index"/>; 0 is the account, 1 the region.</summary>
    public StoreKeyPart Part(int index)
    {
        var bytes = Span;
        while (true)
        {
            var part = KeyEncoding.Read(ref bytes);
            if (index-- == 0)
            {
                return part;
            }
        }
    }

    /// <summary>The text part at <paramref name="index"/>.</summary>
    /// <exception cref="FormatException">There is no such part, or it is an integer.</exception>
    public string Text(int index) => Part(index).Text ?? throw new FormatException("The part of the key is an integer.");

    /// <summary>Whether this key is <paramref name="prefix"/> or lies below it.</summary>
    public bool StartsWith(StoreKey prefix) => Span.StartsWith(prefix.Span);

    /// <summary>Whether the key lies in the range.</summary>
    public bool IsIn(KeyRange range) => range.Contains(this);

    public bool Equals(StoreKey other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is StoreKey other && Equals(other);

    public int CompareTo(StoreKey other) => Span.SequenceCompareTo(other.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public static bool operator ==(StoreKey left, StoreKey right) => left.Equals(right);

    public static bool operator !=(StoreKey left, StoreKey right) => !left.Equals(right);

    public static bool operator <(StoreKey left, StoreKey right) => left.CompareTo(right) < 0;

    public static bool operator <=(StoreKey left, StoreKey right) => left.CompareTo(right) <= 0;

    public static bool operator >(StoreKey left, StoreKey right) => left.CompareTo(right) > 0;

    public static bool operator >=(StoreKey left, StoreKey right) => left.CompareTo(right) >= 0;

    /// <summary>For messages only: parts may hold any character, so this cannot be read back.</summary>
    public override string ToString() => string.Join('/', Parts());
}
