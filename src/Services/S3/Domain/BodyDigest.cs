using System.Security.Cryptography;

namespace Fogbank.Services.S3.Domain;

/// <summary>Everything S3 computes of a body, in one pass: its length, its MD5 and the checksums that are kept or demanded.</summary>
internal sealed class BodyDigest : IDisposable
{
#pragma warning disable CA5351 // ETags are MD5 by AWS's definition.
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
    private readonly ChecksumState[] _checksums;

    public BodyDigest(params IEnumerable<ChecksumFunction> functions) =>
        _checksums = [.. functions.Distinct().Select(function => new ChecksumState(function))];

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        Length += data.Length;
        _md5.AppendData(data);
        foreach (var checksum in _checksums)
        {
            checksum.Append(data);
        }
    }

    /// <summary>The 16 bytes of the MD5.</summary>
    public byte[] Md5() => _md5.GetCurrentHash();

    /// <summary>The checksum as headers carry it, of one of the functions that were asked for.</summary>
    public string Value(ChecksumFunction function) => Convert.ToBase64String(Array.Find(_checksums, state => state.Function == function)!.Current());

    public void Dispose()
    {
        _md5.Dispose();
        foreach (var checksum in _checksums)
        {
            checksum.Dispose();
        }
    }
}
