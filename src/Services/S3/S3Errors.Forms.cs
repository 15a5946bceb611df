using Fogbank.Contracts.S3;
using Fogbank.Kernel;

namespace Fogbank.Services.S3;

/// <summary>Errors of browsers' upload forms.</summary>
internal static partial class S3Errors
{
    internal static AwsException MissingField(string name) => Make(
        S3ErrorCodes.InvalidArgument,
        $"Bucket POST must contain a field named '{name}'.  If it is specified, please check the order of the fields.",
        ("ArgumentName", name));

    internal static AwsException NoFile() =>
        Make(S3ErrorCodes.IncorrectNumberOfFilesInPostRequest, "POST requires exactly one file upload per request.");

    internal static AwsException MalformedForm() =>
        Make(S3ErrorCodes.MalformedPOSTRequest, "The body of your POST request is not well-formed multipart/form-data.");

    internal static AwsException FormTooLong() => Make(
        S3ErrorCodes.MaxPostPreDataLengthExceededError, "Your POST request fields preceding the upload file were too large.");

    internal static AwsException InvalidAccessKey(string key) => Make(
        S3ErrorCodes.InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.", ("AWSAccessKeyId", key));

    internal static AwsException ExpiredToken() => Make(S3ErrorCodes.ExpiredToken, "The provided token has expired.");

    internal static AwsException SignatureMismatch(string key) => Make(
        S3ErrorCodes.SignatureDoesNotMatch,
        "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        ("AWSAccessKeyId", key));
}
