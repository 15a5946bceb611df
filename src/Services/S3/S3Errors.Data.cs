using System.Globalization;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;

namespace Fogbank.Services.S3;

/// <summary>Errors about an object's bytes: conditions, ranges, digests, parts.</summary>
internal static partial class S3Errors
{
    internal static AwsException PreconditionFailed(string condition) => Make(
        S3ErrorCodes.PreconditionFailed, "At least one of the pre-conditions you specified did not hold", ("Condition", condition));

    /// <summary>304: no body; the headers tell the client what it has.</summary>
    internal static AwsException NotModified(string etag, DateTimeOffset modifiedAt) => new(S3ErrorCodes.NotModified, "Not Modified")
    {
        Headers = new Dictionary<string, string>
        {
            ["ETag"] = EntityTag.Quote(etag),
            ["Last-Modified"] = modifiedAt.ToString("R", CultureInfo.InvariantCulture),
        },
    };

    internal static AwsException InvalidRange(string range, long size) => new(
        S3ErrorCodes.InvalidRange,
        "The requested range is not satisfiable",
        new Dictionary<string, string> { ["RangeRequested"] = range, ["ActualObjectSize"] = Text(size) })
    {
        Headers = new Dictionary<string, string> { ["Content-Range"] = $"bytes */{Text(size)}" },
    };

    internal static AwsException InvalidPartNumber(int requested, int actual) => Make(
        S3ErrorCodes.InvalidPartNumber,
        "The requested partnumber is not satisfiable",
        ("PartNumberRequested", Text(requested)),
        ("ActualPartCount", Text(actual)));

    internal static AwsException IncompleteBody(long expected, long actual) => Make(
        S3ErrorCodes.IncompleteBody,
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
        ("NumberBytesExpected", Text(expected)),
        ("NumberBytesProvided", Text(actual)));

    internal static AwsException MissingContentLength() =>
        Make(S3ErrorCodes.MissingContentLength, "You must provide the Content-Length HTTP header.");

    internal static AwsException EntityTooLarge(long proposed, long max) => Make(
        S3ErrorCodes.EntityTooLarge,
        "Your proposed upload exceeds the maximum allowed size",
        ("ProposedSize", Text(proposed)),
        ("MaxSizeAllowed", Text(max)));

    internal static AwsException MetadataTooLarge(int size, int max) => Make(
        S3ErrorCodes.MetadataTooLarge,
        "Your metadata headers exceed the maximum allowed metadata size",
        ("Size", Text(size)),
        ("MaxSizeAllowed", Text(max)));

    internal static AwsException EntityTooLargeForPolicy(long proposed, long max) => EntityTooLarge(proposed, max);

    internal static AwsException EntityTooSmallForPolicy(long proposed, long min) => Make(
        S3ErrorCodes.EntityTooSmall,
        "Your proposed upload is smaller than the minimum allowed size",
        ("ProposedSize", Text(proposed)),
        ("MinSizeAllowed", Text(min)));

    internal static AwsException PartTooSmall(int number, string etag, long size, long min) => Make(
        S3ErrorCodes.EntityTooSmall,
        "Your proposed upload is smaller than the minimum allowed size",
        ("ETag", etag),
        ("MinSizeAllowed", Text(min)),
        ("PartNumber", Text(number)),
        ("ProposedSize", Text(size)));

    internal static AwsException InvalidDigest(string value) =>
        Make(S3ErrorCodes.InvalidDigest, "The Content-MD5 you specified was invalid.", ("Content-MD5", value));

    internal static AwsException BadMd5(string expected, string calculated) => Make(
        S3ErrorCodes.BadDigest,
        "The Content-MD5 you specified did not match what we received.",
        ("ExpectedDigest", expected),
        ("CalculatedDigest", calculated));

    internal static AwsException BadChecksum(ChecksumFunction algorithm) =>
        Make(S3ErrorCodes.BadDigest, $"The {algorithm.WireName()} you specified did not match the calculated checksum.");

    /// <summary>As <see cref="BadChecksum"/>, in the words of CompleteMultipartUpload.</summary>
    internal static AwsException BadObjectChecksum(ChecksumFunction algorithm) =>
        Make(S3ErrorCodes.BadDigest, $"The {algorithm.WireName().ToLowerInvariant()} you specified did not match the calculated checksum.");

    internal static AwsException BadPartChecksum(ChecksumFunction algorithm, int part) =>
        Make(S3ErrorCodes.BadDigest, $"The {algorithm.WireName().ToLowerInvariant()} you specified for part {part} did not match what we received.");

    internal static AwsException InvalidChecksumHeader(ChecksumFunction algorithm) =>
        InvalidRequest($"Value for {algorithm.HeaderName()} header is invalid.");

    internal static AwsException UnsupportedChecksumAlgorithm() => InvalidRequest(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");

    internal static AwsException MissingDigest() =>
        InvalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");

    internal static AwsException NoSuchUpload(string uploadId) => Make(
        S3ErrorCodes.NoSuchUpload,
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
        ("UploadId", uploadId));

    internal static AwsException InvalidPart(string uploadId, int number, string etag) => Make(
        S3ErrorCodes.InvalidPart,
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        ("UploadId", uploadId),
        ("PartNumber", Text(number)),
        ("ETag", etag));

    internal static AwsException InvalidPartOrder(string uploadId) => Make(
        S3ErrorCodes.InvalidPartOrder,
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        ("UploadId", uploadId));

    internal static AwsException InvalidPolicyDocument(string message) => Make(S3ErrorCodes.InvalidPolicyDocument, message);

    /// <summary>What a request read was replaced again and again while it read.</summary>
    internal static AwsException Conflict(string key) => Make(
        S3ErrorCodes.OperationAborted,
        "A conflicting conditional operation is currently in progress against this resource. Please try again.",
        ("Key", key));
}
