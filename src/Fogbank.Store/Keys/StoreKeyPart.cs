namespace Fogbank.Store;

/// <summary>One part of a <see cref="StoreKey"/>: text or a signed 64-bit integer. Integers sort before text.</summary>
public readonly struct StoreKeyPart
{
    private StoreKeyPart(string? text, long integer)
    {
        Text = text;
        Integer = integer;
    }

    /// <summary>The text, or null when the part is an integer.</summary>
    public string? Text { get; }

    /// <summary>The integer; 0 when the part is text.</summary>
    public long Integer { get; }

    public static implicit operator StoreKeyPart(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new StoreKeyPart(text, 0);
    }

    public static implicit operator StoreKeyPart(long integer) => new(null, integer);

    public static StoreKeyPart FromString(string text) => text;

    public static StoreKeyPart FromInt64(long integer) => integer;

    public override string ToString() => Text ?? Integer.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
