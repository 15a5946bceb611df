namespace Fogbank.Engines.Oci.Images;

/// <summary>A growing text of bytes which is used again and again.</summary>
internal sealed class ByteText
{
    private byte[] _bytes = new byte[256];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    internal void Set(ReadOnlySpan<byte> text)
    {
        Length = 0;
        Append(text);
    }

    internal void Append(ReadOnlySpan<byte> text)
    {
        if (Length + text.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + text.Length, _bytes.Length * 2));
        }
        text.CopyTo(_bytes.AsSpan(Length));
        Length += text.Length;
    }
}
