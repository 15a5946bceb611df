using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Fogbank.Services.S3.Domain;

/// <summary>A checksum in the making.</summary>
internal sealed class ChecksumState : IDisposable
{
    private readonly Crc? _crc;
    private readonly IncrementalHash? _hash;
    private ulong _state;

    public ChecksumState(ChecksumFunction function)
    {
        Function = function;
        _crc = CrcOf(function);
        _state = _crc?.Start ?? 0;
        if (_crc is null)
        {
            _hash = IncrementalHash.CreateHash(function == ChecksumFunction.Sha1 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
        }
    }

    public ChecksumFunction Function { get; }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (_crc is not null)
        {
            _state = _crc.Append(_state, data);
        }
        else
        {
            _hash!.AppendData(data);
        }
    }

    /// <summary>The checksum of all that was appended; may be called at any time.</summary>
    public byte[] Current() => _crc is null ? _hash!.GetCurrentHash() : ToBytes(_crc.Finish(_state), Function.SizeBytes());

    public void Dispose() => _hash?.Dispose();

    /// <summary>The checksum of the parts' checksums, <c>value-N</c>.</summary>
    public static ChecksumRecord Composite(ChecksumFunction function, IReadOnlyList<string> parts)
    {
        using var state = new ChecksumState(function);
        foreach (var part in parts)
        {
            state.Append(Convert.FromBase64String(part));
        }

        return new(function, $"{Convert.ToBase64String(state.Current())}-{parts.Count}", ChecksumKind.Composite);
    }

    /// <summary>The checksum of the whole from those of its parts. Only for what <see cref="ChecksumFunctions.CanCombine"/>.</summary>
    public static ChecksumRecord Combine(ChecksumFunction function, IEnumerable<(string Value, long Size)> parts)
    {
        var crc = CrcOf(function) ?? throw new ArgumentException("A hash cannot be combined.", nameof(function));
        var whole = crc.Finish(crc.Start);
        foreach (var (value, size) in parts)
        {
            whole = crc.Combine(whole, FromBytes(Convert.FromBase64String(value)), size);
        }

        return new(function, Convert.ToBase64String(ToBytes(whole, function.SizeBytes())));
    }

    private static Crc? CrcOf(ChecksumFunction function) => function switch
    {
        ChecksumFunction.Crc32 => Crc.Crc32,
        ChecksumFunction.Crc32C => Crc.Crc32C,
        ChecksumFunction.Crc64Nvme => Crc.Crc64Nvme,
        _ => null,
    };

    private static byte[] ToBytes(ulong value, int size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes[(8 - size)..];
    }

    private static ulong FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == 4
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
        : BinaryPrimitives.ReadUInt64BigEndian(bytes);
}
