namespace Fogbank.Store;

/// <summary>A range of keys, from a least one (included) to an end (excluded). A <see cref="StoreKey"/> converts to the range below it.</summary>
public readonly struct KeyRange
{
    private readonly byte[]? _from;

    private KeyRange(byte[]? from, byte[]? to)
    {
        _from = from;
        To = to;
    }

    internal ReadOnlySpan<byte> From => _from;

    /// <summary>Null means without end.</summary>
    internal byte[]? To { get; }

    /// <summary>Every key of a table, over all accounts.</summary>
    public static KeyRange All => default;

    internal bool IsAll => From.IsEmpty && To is null;

    internal bool IsEmpty => To is not null && From.SequenceCompareTo(To) >= 0;

    /// <summary>The key itself and all keys that have more parts behind it.</summary>
    public static KeyRange Under(StoreKey prefix) => new(prefix.Span.ToArray(), KeyEncoding.Successor(prefix.Span));

    /// <summary>All keys below <paramref name="head"/> whose next part is text beginning with <paramref name="text"/> (empty: any text).</summary>
    public static KeyRange TextPrefix(StoreKey head, string text)
    {
        var from = KeyEncoding.AppendOpenText(head.Span, text);
        return new KeyRange(from, KeyEncoding.Successor(from));
    }

    /// <summary>The part of this range from <paramref name="key"/> on, that key included.</summary>
    public KeyRange StartAt(StoreKey key) => Later(key.Span.ToArray());

    /// <summary>The part of this range behind <paramref name="key"/>. Keys below that key (more parts) are behind it and stay in.</summary>
    public KeyRange StartAfter(StoreKey key) => Later([.. key.Span, 0]);

    /// <summary>The part of this range behind <paramref name="key"/> and behind everything below it.</summary>
    public KeyRange StartAfterAllUnder(StoreKey key) => Later(KeyEncoding.Successor(key.Span) ?? To ?? []);

    /// <summary>
    /// The part of this range behind all keys whose part after <paramref name="head"/> begins with <paramref name="text"/>: what a listing with a
    /// delimiter needs to step over a common prefix with one seek.
    /// </summary>
    public KeyRange StartAfterTextPrefix(StoreKey head, string text) =>
        Later(KeyEncoding.Successor(KeyEncoding.AppendOpenText(head.Span, text)) ?? To ?? []);

    /// <summary>The part of this range before <paramref name="key"/>, that key excluded.</summary>
    public KeyRange EndBefore(StoreKey key) =>
        To is not null && key.Span.SequenceCompareTo(To) >= 0 ? this : new KeyRange(_from, key.Span.ToArray());

    internal KeyRange EndBefore(byte[] to) => To is not null && to.AsSpan().SequenceCompareTo(To) >= 0 ? this : new KeyRange(_from, to);

    internal KeyRange StartAfter(ReadOnlySpan<byte> key) => Later([.. key, 0]);

    public bool Contains(StoreKey key) =>
        key.Span.SequenceCompareTo(From) >= 0 && (To is null || key.Span.SequenceCompareTo(To) < 0);

    public static implicit operator KeyRange(StoreKey prefix) => Under(prefix);

    public static KeyRange FromStoreKey(StoreKey prefix) => Under(prefix);

    private KeyRange Later(byte[] from) => from.AsSpan().SequenceCompareTo(From) <= 0 ? this : new KeyRange(from, To);
}
