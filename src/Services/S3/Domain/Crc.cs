using System.Buffers.Binary;
using System.Numerics;

namespace Fogbank.Services.S3.Domain;

/// <summary>
/// A reflected cyclic redundancy check of 32 or 64 bits, eight bytes a step, begun and ended with all ones. Of two neighbouring stretches
/// the check of both is computed without their bytes: that is what makes full-object checksums of multipart uploads possible.
/// </summary>
internal sealed class Crc
{
    private readonly ulong _polynomial;
    private readonly int _width;
    private readonly ulong[] _tables = new ulong[8 * 256];
    private readonly ulong[] _powers = new ulong[67];

    private Crc(ulong reflectedPolynomial, int width)
    {
        _polynomial = reflectedPolynomial;
        _width = width;
        for (var i = 0; i < 256; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ reflectedPolynomial : value >> 1;
            }

            _tables[i] = value;
        }

        for (var i = 256; i < _tables.Length; i++)
        {
            var previous = _tables[i - 256];
            _tables[i] = _tables[(int)(previous & 0xFF)] ^ (previous >> 8);
        }

        // x to the power of 2^n, modulo the polynomial; x itself is the bit below the top.
        _powers[0] = 1UL << (width - 2);
        for (var i = 1; i < _powers.Length; i++)
        {
            _powers[i] = Multiply(_powers[i - 1], _powers[i - 1]);
        }
    }

    /// <summary>CRC-32 of zip and Ethernet.</summary>
    public static Crc Crc32 { get; } = new(0xEDB88320, 32);

    /// <summary>CRC-32C (Castagnoli).</summary>
    public static Crc Crc32C { get; } = new(0x82F63B78, 32);

    /// <summary>CRC-64/NVME, polynomial AD93D23594C93659.</summary>
    public static Crc Crc64Nvme { get; } = new(0x9A6C9329AC4BC9B5, 64);

    /// <summary>The state before the first byte.</summary>
    public ulong Start => _width == 64 ? ulong.MaxValue : uint.MaxValue;

    /// <summary>The check that a state stands for.</summary>
    public ulong Finish(ulong state) => state ^ Start;

    public ulong Append(ulong state, ReadOnlySpan<byte> data)
    {
        if (ReferenceEquals(this, Crc32C))
        {
            return AppendCastagnoli((uint)state, data); // one instruction on x64 and arm64
        }

        while (data.Length >= 8)
        {
            var x = state ^ BinaryPrimitives.ReadUInt64LittleEndian(data);
            state = _tables[(7 * 256) + (int)(x & 0xFF)]
                ^ _tables[(6 * 256) + (int)((x >> 8) & 0xFF)]
                ^ _tables[(5 * 256) + (int)((x >> 16) & 0xFF)]
                ^ _tables[(4 * 256) + (int)((x >> 24) & 0xFF)]
                ^ _tables[(3 * 256) + (int)((x >> 32) & 0xFF)]
                ^ _tables[(2 * 256) + (int)((x >> 40) & 0xFF)]
                ^ _tables[256 + (int)((x >> 48) & 0xFF)]
                ^ _tables[(int)(x >> 56)];
            data = data[8..];
        }

        foreach (var b in data)
        {
            state = _tables[(int)((state ^ b) & 0xFF)] ^ (state >> 8);
        }

        return state;
    }

    /// <summary>The check of two stretches from the check of each and the length of the second.</summary>
    public ulong Combine(ulong first, ulong second, long secondLength)
    {
        var factor = 1UL << (_width - 1);
        for (var (length, power) = ((ulong)secondLength, 3); length != 0; length >>= 1, power++)
        {
            if ((length & 1) != 0)
            {
                factor = Multiply(_powers[power], factor);
            }
        }

        return Multiply(factor, first) ^ second;
    }

    private static ulong AppendCastagnoli(uint state, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (var b in data)
        {
            state = BitOperations.Crc32C(state, b);
        }

        return state;
    }

    /// <summary>Product of two polynomials modulo this one's, all in reflected order.</summary>
    private ulong Multiply(ulong a, ulong b)
    {
        var product = 0UL;
        for (var mask = 1UL << (_width - 1); a != 0 && mask != 0; mask >>= 1)
        {
            if ((a & mask) != 0)
            {
                product ^= b;
                a ^= mask;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ _polynomial : b >> 1;
        }

        return product;
    }
}
