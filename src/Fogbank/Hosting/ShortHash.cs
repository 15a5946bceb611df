using System.Globalization;

namespace Fogbank.Hosting;

/// <summary>FNV-1a, 64 bits in hexadecimal: tells things apart, guards nothing, and costs a start no cryptography library.</summary>
internal static class ShortHash
{
    internal static string Of(Stream content)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var hash = 14695981039346656037UL;
        int count;
        while ((count = content.Read(buffer)) > 0)
        {
            hash = Add(hash, buffer[..count]);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    internal static string Of(ReadOnlySpan<byte> content) => Add(14695981039346656037UL, content).ToString("x16", CultureInfo.InvariantCulture);

    private static ulong Add(ulong hash, ReadOnlySpan<byte> content)
    {
        foreach (var b in content)
        {
            hash = (hash ^ b) * 1099511628211UL;
        }

        return hash;
    }
}
