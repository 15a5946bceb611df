namespace Fogbank.Store;

/// <summary>Which index values a scan wants. Rows come by value, then by key.</summary>
public readonly struct IndexRange
{
    private IndexRange(IndexValue from, IndexValue to, bool includeTo)
    {
        From = from;
        To = to;
        IncludeTo = includeTo;
    }

    internal IndexValue From { get; }

    internal IndexValue To { get; }

    internal bool IncludeTo { get; }

    /// <summary>Rows whose value is exactly this.</summary>
    public static IndexRange Equal(IndexValue value) => new(value, value, true);

    /// <summary>Rows from a value (included) to another (excluded); <c>default</c> leaves that end open. Both of one kind.</summary>
    public static IndexRange Between(IndexValue from, IndexValue to) => new(from, to, false);

    /// <summary>Every row that has a value.</summary>
    public static IndexRange All => default;
}
