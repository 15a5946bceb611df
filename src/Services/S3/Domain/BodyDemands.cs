using System.Buffers.Text;

namespace Fogbank.Services.S3.Domain;

/// <summary>The checksum headers of a request.</summary>
/// <param name="Other">The name of a header whose checksum Fogbank does not compute; null for none.</param>
internal readonly record struct ChecksumHeaders(
    string? Crc32, string? Crc32C, string? Crc64Nvme, string? Sha1, string? Sha256, string? Other = null)
{
    public string? Of(ChecksumFunction function) => function switch
    {
        ChecksumFunction.Crc32 => Crc32,
        ChecksumFunction.Crc32C => Crc32C,
        ChecksumFunction.Crc64Nvme => Crc64Nvme,
        ChecksumFunction.Sha1 => Sha1,
        _ => Sha256,
    };

    /// <summary>The one checksum of the request; null for none.</summary>
    public ChecksumRecord? Single()
    {
        if (Other is not null)
        {
            throw S3Errors.NotSupported($"the checksum {Other}");
        }

        ChecksumRecord? found = null;
        foreach (var function in ChecksumFunctions.All)
        {
            if (Of(function) is not { } value)
            {
                continue;
            }

            if (found is not null)
            {
                throw S3Errors.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
            }

            found = new(function, value);
        }

        return found;
    }
}

/// <summary>What a client says its body must be. Checked before anything of it can be read.</summary>
internal sealed record BodyDemands
{
    /// <summary>In bytes; null where the client did not say.</summary>
    public long? Length { get; init; }

    /// <summary>The header Content-MD5, checked for its form; null for none.</summary>
    public string? Md5 { get; init; }

    /// <summary>The function of a checksum header or trailer; null for none.</summary>
    public ChecksumFunction? Function { get; init; }

    /// <summary>The header's value; null where it comes as a trailer.</summary>
    public string? Value { get; init; }

    /// <summary>Throws where a digest header cannot be one.</summary>
    /// <param name="trailers">Names of the announced trailers.</param>
    /// <param name="declared">The header x-amz-sdk-checksum-algorithm.</param>
    public static BodyDemands Of(string? md5, ChecksumHeaders headers, IReadOnlyList<string>? trailers, string? declared, long? length)
    {
        if (md5 is not null && !IsBase64(md5, 16))
        {
            throw S3Errors.InvalidDigest(md5);
        }

        if (headers.Single() is { } header)
        {
            return IsBase64(header.Value, header.Function.SizeBytes())
                ? new() { Length = length, Md5 = md5, Function = header.Function, Value = header.Value }
                : throw S3Errors.InvalidChecksumHeader(header.Function);
        }

        var trailer = trailers?.FirstOrDefault(name => name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase));
        if (trailer is null)
        {
            return declared is null
                ? new() { Length = length, Md5 = md5 }
                : throw S3Errors.InvalidRequest(
                    "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.");
        }

        var function = ChecksumFunctions.Parse(trailer["x-amz-checksum-".Length..]) ?? throw S3Errors.NotSupported($"the checksum {trailer}");
        return new() { Length = length, Md5 = md5, Function = function };
    }

    /// <summary>Throws where the body that was read is not what was announced.</summary>
    /// <param name="trailer">Gives a trailer's value by its name.</param>
    public void Check(BodyDigest digest, Func<string, string?> trailer)
    {
        if (Length is { } expected && digest.Length != expected)
        {
            throw S3Errors.IncompleteBody(expected, digest.Length);
        }

        var computed = Convert.ToBase64String(digest.Md5());
        if (Md5 is not null && Md5 != computed)
        {
            throw S3Errors.BadMd5(Md5, computed);
        }

        if (Function is not { } function)
        {
            return;
        }

        var value = Value ?? trailer(function.HeaderName());
        if (value is null || !IsBase64(value, function.SizeBytes()))
        {
            throw S3Errors.InvalidChecksumHeader(function);
        }

        if (value != digest.Value(function))
        {
            throw S3Errors.BadChecksum(function);
        }
    }

    private static bool IsBase64(string text, int bytes) => Base64.IsValid(text, out var length) && length == bytes && text.Length % 4 == 0;
}
