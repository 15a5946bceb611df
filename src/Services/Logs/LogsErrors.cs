using Fogbank.Contracts.Logs;
using Fogbank.Kernel;

namespace Fogbank.Services.Logs;

/// <summary>The errors of CloudWatch Logs, in AWS's words.</summary>
internal static class LogsErrors
{
    internal static AwsException NoSuchGroup() => new(LogsErrorCodes.ResourceNotFoundException, "The specified log group does not exist.");

    internal static AwsException NoSuchStream() => new(LogsErrorCodes.ResourceNotFoundException, "The specified log stream does not exist.");

    internal static AwsException NoSuchResource() => new(LogsErrorCodes.ResourceNotFoundException, "The specified resource does not exist.");

    internal static AwsException GroupExists() => new(LogsErrorCodes.ResourceAlreadyExistsException, "The specified log group already exists");

    internal static AwsException StreamExists() => new(LogsErrorCodes.ResourceAlreadyExistsException, "The specified log stream already exists");

    internal static AwsException InvalidToken() => InvalidParameter("The specified nextToken is invalid.");

    internal static AwsException GroupIsProtected() =>
        new(LogsErrorCodes.ValidationException, "The specified log group has deletion protection enabled. Disable it before deleting the log group.");

    internal static AwsException GroupNameMissing() => new(
        LogsErrorCodes.ValidationException, "LogGroup name and LogGroup ARN cannot both be empty.");

    internal static AwsException NameAndArn() =>
        new(LogsErrorCodes.ValidationException, "LogGroup name and LogGroup ARN are mutually exclusive parameters.");

    internal static AwsException InvalidParameter(string message) => new(LogsErrorCodes.InvalidParameterException, message);

    internal static AwsException NotSupported(string setting) =>
        CommonErrors.SettingNotSupported(LogsErrorCodes.InvalidParameterException, setting);
}
