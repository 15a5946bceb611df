using System.Globalization;
using Fogbank.Contracts.S3;
using Fogbank.Contracts;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;

namespace Fogbank.Services.S3;

/// <summary>S3's errors in AWS's words, with the members AWS puts beside them.</summary>
internal static partial class S3Errors
{
    internal static AwsException NoSuchBucket(string bucket) =>
        Make(S3ErrorCodes.NoSuchBucket, "The specified bucket does not exist", ("BucketName", bucket));

    internal static AwsException NoSuchKey(string key) =>
        Make(S3ErrorCodes.NoSuchKey, "The specified key does not exist.", ("Key", key));

    internal static AwsException NoSuchVersion(string key, string version) =>
        Make(S3ErrorCodes.NoSuchVersion, "The specified version does not exist.", ("Key", key), ("VersionId", version));

    internal static AwsException InvalidVersionId(string version) => InvalidArgument("Invalid version id specified", "versionId", version);

    internal static AwsException InvalidBucketName(string bucket) =>
        Make(S3ErrorCodes.InvalidBucketName, "The specified bucket is not valid.", ("BucketName", bucket));

    internal static AwsException BucketAlreadyOwnedByYou(string bucket) => Make(
        S3ErrorCodes.BucketAlreadyOwnedByYou, "Your previous request to create the named bucket succeeded and you already own it.", ("BucketName", bucket));

    internal static AwsException BucketAlreadyExists(string bucket) => Make(
        S3ErrorCodes.BucketAlreadyExists,
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        ("BucketName", bucket));

    internal static AwsException BucketNotEmpty(string bucket) =>
        Make(S3ErrorCodes.BucketNotEmpty, "The bucket you tried to delete is not empty", ("BucketName", bucket));

    internal static AwsException TooManyBuckets() =>
        Make(S3ErrorCodes.TooManyBuckets, "You have attempted to create more buckets than allowed");

    internal static AwsException IllegalLocationConstraint(string constraint) => Make(
        S3ErrorCodes.IllegalLocationConstraintException,
        $"The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to.");

    internal static AwsException InvalidLocationConstraint(string constraint) => Make(
        S3ErrorCodes.InvalidLocationConstraint, "The specified location-constraint is not valid", ("LocationConstraint", constraint));

    internal static AwsException KeyTooLong(int size) => Make(
        S3ErrorCodes.KeyTooLongError,
        "Your key is too long",
        ("Size", Text(size)),
        ("MaxSizeAllowed", Text(ObjectKey.MaxBytes)));

    internal static AwsException InvalidArgument(string message) => Make(S3ErrorCodes.InvalidArgument, message);

    internal static AwsException InvalidArgument(string message, string name, string value) =>
        Make(S3ErrorCodes.InvalidArgument, message, ("ArgumentName", name), ("ArgumentValue", value));

    internal static AwsException InvalidContinuationToken() => Make(
        S3ErrorCodes.InvalidArgument, "The continuation token provided is incorrect", ("ArgumentName", "continuation-token"));

    internal static AwsException InvalidPartNumberArgument(int number) =>
        InvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", Text(number));

    internal static AwsException InvalidRequest(string message) => Make(S3ErrorCodes.InvalidRequest, message);

    internal static AwsException BadRequest(string message) => Make(S3ErrorCodes.BadRequest, message);

    internal static AwsException InvalidTag(string message, params (string Name, string Value)[] members) =>
        Make(S3ErrorCodes.InvalidTag, message, members);

    internal static AwsException MalformedXml() => Make(
        S3ErrorCodes.MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema");

    internal static AwsException AccessDenied(string message) => Make(S3ErrorCodes.AccessDenied, message);

    internal static AwsException AclNotSupported() =>
        Make(S3ErrorCodes.AccessControlListNotSupported, "The bucket does not allow ACLs");

    internal static AwsException InvalidBucketAclWithObjectOwnership() => Make(
        S3ErrorCodes.InvalidBucketAclWithObjectOwnership, "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");

    internal static AwsException InvalidStorageClass(string storageClass) => Make(
        S3ErrorCodes.InvalidStorageClass, "The storage class you specified is not valid", ("StorageClassRequested", storageClass));

    internal static AwsException InvalidEncryptionAlgorithm(string algorithm) => Make(
        S3ErrorCodes.InvalidEncryptionAlgorithmError,
        "The Encryption request you specified is not valid. Supported value: AES256.",
        ("ArgumentName", "x-amz-server-side-encryption"),
        ("ArgumentValue", algorithm));

    internal static AwsException InvalidBucketOwner(string value) => Make(
        S3ErrorCodes.InvalidBucketOwnerAWSAccountID,
        $"The value of the expected bucket owner parameter must be an AWS Account ID... [{value}]");

    internal static AwsException UnsupportedHeader(string header, string additional) => Make(
        S3ErrorCodes.NotImplemented,
        "A header you provided implies functionality that is not implemented",
        ("Header", header),
        ("additionalMessage", additional));

    internal static AwsException NotSupported(string setting) => CommonErrors.SettingNotSupported(S3ErrorCodes.NotImplemented, setting);

    internal static AwsException MissingSecurityHeader(string header) => Make(
        S3ErrorCodes.MissingSecurityHeader, "Your request was missing a required header", ("MissingHeaderName", header));

    internal static AwsException VersioningMissing() => Make(
        S3ErrorCodes.IllegalVersioningConfigurationException, "The Versioning element must be specified");

    internal static AwsException VersioningNotEnabled() => Make(
        S3ErrorCodes.InvalidBucketState, "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");

    internal static AwsException InvalidDestinations(IEnumerable<(string Name, string Value)> members) => Make(
        S3ErrorCodes.InvalidArgument, "Unable to validate the following destination configurations", [.. members]);

    internal static AwsException ConfigurationNotFound(ErrorCode code, string message, string bucket) =>
        Make(code, message, ("BucketName", bucket));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static AwsException Make(ErrorCode code, string message, params (string Name, string Value)[] members) =>
        new(code, message, members.Length == 0 ? null : members.ToDictionary(member => member.Name, member => member.Value));
}
