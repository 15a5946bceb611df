using System.Globalization;
using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;

namespace Fogbank.Services.Lambda;

/// <summary>Lambda's errors in AWS's words. The member <c>Type</c> that all of them have is the protocol's.</summary>
internal static class LambdaErrors
{
    internal static AwsException InvalidParameter(string message) => new(LambdaErrorCodes.InvalidParameterValueException, message);

    internal static AwsException Validation(string message) => new(LambdaErrorCodes.ValidationException, message);

    internal static AwsException SettingNotSupported(string setting) =>
        CommonErrors.SettingNotSupported(LambdaErrorCodes.InvalidParameterValueException, setting);

    internal static AwsException NotFound(string message) => new(LambdaErrorCodes.ResourceNotFoundException, message);

    internal static AwsException FunctionNotFound(string arn) => NotFound($"Function not found: {arn}");

    internal static AwsException OtherRegion(string theirs, string ours) =>
        NotFound($"Functions from '{theirs}' are not reachable in this region ('{ours}')");

    internal static AwsException QualifierMismatch() =>
        InvalidParameter("The derived qualifier from the function name does not match the specified qualifier.");

    internal static AwsException Conflict(string message) => new(LambdaErrorCodes.ResourceConflictException, message);

    internal static AwsException FunctionExists(string name) => Conflict($"Function already exist: {name}");

    internal static AwsException UpdateInProgress(string arn) =>
        Conflict($"The operation cannot be performed at this time. An update is in progress for resource: {arn}");

    internal static AwsException NotInvocable(string state) => Conflict(
        $"The operation cannot be performed at this time. The function is currently in the following state: {state}");

    internal static AwsException RevisionMismatch(string calls = "GetFunction/GetAlias") => new(
        LambdaErrorCodes.PreconditionFailedException,
        $"The Revision Id provided does not match the latest Revision Id. Call the {calls} API to retrieve the latest Revision Id");

    internal static AwsException ZippedTooLarge() =>
        new(LambdaErrorCodes.RequestEntityTooLargeException, $"Zipped size must be smaller than {Domain.CodeLimits.ZippedBytes} bytes");

    internal static AwsException UnzippedTooLarge() =>
        InvalidParameter($"Unzipped size must be smaller than {Domain.CodeLimits.UnzippedBytes} bytes");

    internal static AwsException CannotUnzip() =>
        InvalidParameter("Could not unzip uploaded file. Please check your file, then try to upload again.");

    internal static AwsException FromS3(AwsException error) => InvalidParameter(
        $"Error occurred while GetObject. S3 Error Code: {error.Code.XmlCode}. S3 Error Message: {error.Message}");

    internal static AwsException ImageNotValid(string uri) => InvalidParameter($"Source image {uri} is not valid. Provide a valid source image.");

    internal static AwsException ImageTypeNotSupported(string uri) =>
        InvalidParameter($"The image manifest, config or layer media type for the source image {uri} is not supported.");

    internal static AwsException FromImage(string uri, ImageException error) => error.Kind switch
    {
        ImageErrorKind.RepositoryNotFound or ImageErrorKind.ImageNotFound =>
            InvalidParameter($"Source image {uri} does not exist. Provide a valid source image."),
        ImageErrorKind.AccessDenied => new(
            LambdaErrorCodes.AccessDeniedException, "Lambda does not have permission to access the ECR image. Check the ECR permissions."),
        ImageErrorKind.NotRunnable => ImageTypeNotSupported(uri),
        ImageErrorKind.PlatformNotFound or ImageErrorKind.Damaged =>
            InvalidParameter($"Source image {uri} is not valid. Provide a valid source image. ({error.Message})"),
        _ => ImageNotValid(uri),
    };

    internal static AwsException RoleCannotBeAssumed() => InvalidParameter("The role defined for the function cannot be assumed by Lambda.");

    internal static AwsException PolicyNotFound() => NotFound("The resource you requested does not exist.");

    internal static AwsException EventInvokeConfigNotFound(string qualifiedArn) =>
        NotFound($"The function {qualifiedArn} doesn't have an EventInvokeConfig");

    internal static AwsException AccessDenied(string caller, string action, string resource) => new(
        LambdaErrorCodes.AccessDeniedException,
        $"User: {caller} is not authorized to perform: {action} on resource: {resource} because no resource-based policy allows the {action} action");

    internal static AwsException InvalidPayload(string reason) => new(
        LambdaErrorCodes.InvalidRequestContentException,
        $"Could not parse request body into json: Could not parse payload into json: {reason}");

    internal static AwsException PayloadTooLarge(long bytes, string invocationType, long limit) => new(
        LambdaErrorCodes.RequestTooLargeException,
        string.Create(
            CultureInfo.InvariantCulture,
            $"{bytes} byte payload is too large for the {invocationType} invocation type (limit {limit} bytes)"));

    internal static AwsException Throttled(string reason, string message = "Rate Exceeded.") => new(
        LambdaErrorCodes.TooManyRequestsException,
        message,
        new Dictionary<string, string> { ["Reason"] = reason })
    {
        Headers = new Dictionary<string, string> { ["Retry-After"] = "1" },
    };

    internal static AwsException Service(string message) => new(LambdaErrorCodes.ServiceException, message);

    internal static AwsException InvalidZip(string message) => new(LambdaErrorCodes.InvalidZipFileException, message);

    internal static AwsException InvalidRuntime(string runtime) =>
        new(LambdaErrorCodes.InvalidRuntimeException, NoInterpreter(runtime));

    internal static AwsException RuntimeNotHere(string runtime) => InvalidParameter(NoInterpreter(runtime));

    private static string NoInterpreter(string runtime) =>
        $"Fogbank found no interpreter for {runtime} on this machine: install it, or bring a program of your own with provided.al2023.";

    internal static AwsException PolicyTooLong(int bytes) => new(
        LambdaErrorCodes.PolicyLengthExceededException, $"The final policy size ({bytes}) is bigger than the limit ({Domain.CodeLimits.PolicyBytes}).");
}
