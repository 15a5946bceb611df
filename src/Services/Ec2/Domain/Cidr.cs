using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fogbank.Services.Ec2.Domain;

/// <summary>A block of IPv4 addresses. Always canonical: no bit is set behind the prefix.</summary>
internal readonly record struct Cidr(uint First, int Bits)
{
    /// <summary>How many addresses it has.</summary>
    internal long Size => 1L << (32 - Bits);

    internal uint Last => (uint)(First + Size - 1);

    /// <summary>Reads <c>10.0.0.0/16</c>. Bits behind the prefix are dropped, as AWS drops them.</summary>
    internal static bool TryParse(string? text, out Cidr cidr)
    {
        cidr = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0
            || !TryParseAddress(text![..slash], out var address)
            || text.Length - slash > 3
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bits)
            || bits > 32)
        {
            return false;
        }

        cidr = new Cidr(address & Mask(bits), bits);
        return true;
    }

    /// <summary>Reads what a record holds.</summary>
    internal static Cidr Parse(string text) => TryParse(text, out var cidr) ? cidr : throw new FormatException($"{text} is no block of addresses.");

    /// <summary>Four decimal numbers, nothing else: no octal, no short forms.</summary>
    internal static bool TryParseAddress([NotNullWhen(true)] string? text, out uint address)
    {
        address = 0;
        var parts = text?.Split('.');
        if (parts is not { Length: 4 })
        {
            return false;
        }

        foreach (var part in parts)
        {
            if (part.Length is 0 or > 3 || (part.Length > 1 && part[0] == '0') || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            address = (address << 8) | number;
        }

        return true;
    }

    internal static string Text(uint address) =>
        string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");

    internal bool Contains(uint address) => (address & Mask(Bits)) == First;

    internal bool Contains(Cidr other) => other.Bits >= Bits && Contains(other.First);

    internal bool Overlaps(Cidr other) => Contains(other) || other.Contains(this);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Text(First)}/{Bits}");

    private static uint Mask(int bits) => bits == 0 ? 0 : uint.MaxValue << (32 - bits);
}
