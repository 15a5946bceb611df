using Fogbank.Contracts;

namespace Fogbank.Services.S3;

/// <summary>
/// S3's error codes. The public model names a handful only; the others are listed in
/// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
/// </summary>
internal static class S3Codes
{
    internal static ErrorCode AccessControlListNotSupported => new("AccessControlListNotSupported", 400);

    internal static ErrorCode AccessDenied => new("AccessDenied", 403);

    internal static ErrorCode BadDigest => new("BadDigest", 400);

    internal static ErrorCode BadRequest => new("BadRequest", 400);

    internal static ErrorCode BucketAlreadyExists => new("BucketAlreadyExists", 409);

    internal static ErrorCode BucketAlreadyOwnedByYou => new("BucketAlreadyOwnedByYou", 409);

    internal static ErrorCode BucketNotEmpty => new("BucketNotEmpty", 409);

    internal static ErrorCode EntityTooLarge => new("EntityTooLarge", 400);

    internal static ErrorCode EntityTooSmall => new("EntityTooSmall", 400);

    internal static ErrorCode IllegalLocationConstraintException => new("IllegalLocationConstraintException", 400);

    internal static ErrorCode IncompleteBody => new("IncompleteBody", 400);

    internal static ErrorCode InvalidArgument => new("InvalidArgument", 400);

    internal static ErrorCode InvalidBucketAclWithObjectOwnership => new("InvalidBucketAclWithObjectOwnership", 400);

    internal static ErrorCode InvalidBucketName => new("InvalidBucketName", 400);

    internal static ErrorCode InvalidBucketOwnerAWSAccountID => new("InvalidBucketOwnerAWSAccountID", 400);

    internal static ErrorCode InvalidDigest => new("InvalidDigest", 400);

    internal static ErrorCode InvalidEncryptionAlgorithmError => new("InvalidEncryptionAlgorithmError", 400);

    internal static ErrorCode InvalidLocationConstraint => new("InvalidLocationConstraint", 400);

    internal static ErrorCode InvalidPart => new("InvalidPart", 400);

    internal static ErrorCode InvalidPartNumber => new("InvalidPartNumber", 416);

    internal static ErrorCode InvalidPartOrder => new("InvalidPartOrder", 400);

    internal static ErrorCode InvalidPolicyDocument => new("InvalidPolicyDocument", 400);

    internal static ErrorCode InvalidRange => new("InvalidRange", 416);

    internal static ErrorCode InvalidRequest => new("InvalidRequest", 400);

    internal static ErrorCode InvalidStorageClass => new("InvalidStorageClass", 400);

    internal static ErrorCode InvalidTag => new("InvalidTag", 400);

    internal static ErrorCode KeyTooLongError => new("KeyTooLongError", 400);

    internal static ErrorCode MalformedPOSTRequest => new("MalformedPOSTRequest", 400);

    internal static ErrorCode MalformedXML => new("MalformedXML", 400);

    internal static ErrorCode MissingContentLength => new("MissingContentLength", 411);

    internal static ErrorCode NoSuchBucket => new("NoSuchBucket", 404);

    internal static ErrorCode NoSuchBucketPolicy => new("NoSuchBucketPolicy", 404);

    internal static ErrorCode NoSuchConfiguration => new("NoSuchConfiguration", 404);

    internal static ErrorCode NoSuchCORSConfiguration => new("NoSuchCORSConfiguration", 404);

    internal static ErrorCode NoSuchKey => new("NoSuchKey", 404);

    internal static ErrorCode NoSuchLifecycleConfiguration => new("NoSuchLifecycleConfiguration", 404);

    internal static ErrorCode NoSuchPublicAccessBlockConfiguration => new("NoSuchPublicAccessBlockConfiguration", 404);

    internal static ErrorCode NoSuchTagSet => new("NoSuchTagSet", 404);

    internal static ErrorCode NoSuchUpload => new("NoSuchUpload", 404);

    internal static ErrorCode NoSuchVersion => new("NoSuchVersion", 404);

    internal static ErrorCode NoSuchWebsiteConfiguration => new("NoSuchWebsiteConfiguration", 404);

    internal static ErrorCode NotImplemented => new("NotImplemented", 501, IsServerFault: true);

    internal static ErrorCode NotModified => new("NotModified", 304);

    internal static ErrorCode ObjectLockConfigurationNotFoundError => new("ObjectLockConfigurationNotFoundError", 404);

    internal static ErrorCode OwnershipControlsNotFoundError => new("OwnershipControlsNotFoundError", 404);

    internal static ErrorCode PreconditionFailed => new("PreconditionFailed", 412);

    internal static ErrorCode ReplicationConfigurationNotFoundError => new("ReplicationConfigurationNotFoundError", 404);

    internal static ErrorCode SlowDown => new("SlowDown", 503, IsServerFault: true);

    internal static ErrorCode TooManyBuckets => new("TooManyBuckets", 400);

    internal static ErrorCode XAmzContentSHA256Mismatch => new("XAmzContentSHA256Mismatch", 400);
}
