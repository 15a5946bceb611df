using Fogbank.Contracts;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;

namespace Fogbank.Services.S3;

/// <inheritdoc/>
internal sealed class BodyIntegrity : IBodyIntegrity
{
    public void Check(OperationSchema operation, HttpDetails http, ReadOnlySpan<byte> body)
    {
        // Of objects' own requests these headers speak of the object, which is not in this body (CompleteMultipartUpload) or has none.
        if (!operation.DemandsChecksum)
        {
            return;
        }

        var headers = new ChecksumHeaders(
            http.Header(ChecksumFunction.Crc32.HeaderName()),
            http.Header(ChecksumFunction.Crc32C.HeaderName()),
            http.Header(ChecksumFunction.Crc64Nvme.HeaderName()),
            http.Header(ChecksumFunction.Sha1.HeaderName()),
            http.Header(ChecksumFunction.Sha256.HeaderName()));
        var demands = BodyDemands.Of(http.Header("Content-MD5"), headers, http.AnnouncedTrailers, null, null);
        if (demands.Md5 is null && demands.Function is null)
        {
            throw S3Errors.MissingDigest();
        }

        using var digest = new BodyDigest(demands.Function is { } function ? [function] : []);
        digest.Append(body);
        demands.Check(digest, http.Trailer);
    }
}
