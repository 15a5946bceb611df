namespace Fogbank.Store;

/// <summary>The value of an index column: text, an integer, or nothing (<c>default</c>), which keeps the row out of the index.</summary>
public readonly struct IndexValue
{
    private IndexValue(string? text, long? integer)
    {
        Text = text;
        Integer = integer;
    }

    public string? Text { get; }

    public long? Integer { get; }

    public bool IsNull => Text is null && Integer is null;

    public static implicit operator IndexValue(string? text) => new(text, null);

    public static implicit operator IndexValue(long integer) => new(null, integer);

    public static implicit operator IndexValue(long? integer) => new(null, integer);

    public static IndexValue FromString(string? text) => text;

    public static IndexValue FromInt64(long? integer) => integer;
}
