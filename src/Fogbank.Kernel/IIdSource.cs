using System.Security.Cryptography;

namespace Fogbank.Kernel;

/// <summary>Where ids come from, so that tests can foresee them.</summary>
public interface IIdSource
{
    /// <summary>A random UUID in its usual form, lower case.</summary>
    string NewUuid();

    /// <summary>Lower-case hexadecimal digits.</summary>
    string NewHex(int digits);

    /// <summary>Characters out of <paramref name="alphabet"/>.</summary>
    string NewText(string alphabet, int length);

    /// <summary>Fills a span with unpredictable bytes.</summary>
    void Fill(Span<byte> bytes);
}

/// <summary>Ids from the operating system's generator.</summary>
public sealed class RandomIdSource : IIdSource
{
    public static RandomIdSource Instance { get; } = new();

    public string NewUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    public string NewHex(int digits) => RandomNumberGenerator.GetHexString(digits, lowercase: true);

    public string NewText(string alphabet, int length) => RandomNumberGenerator.GetString(alphabet, length);

    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
