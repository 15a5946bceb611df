using System.Globalization;
using Fogbank.Contracts;
using Fogbank.Kernel;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.FrontDoor;

/// <summary>What is refused before a service is reached, and by no fault of its signature.</summary>
internal static class FrontDoorErrors
{
    /// <summary>AWS's answer to an operation that an API does not have.</summary>
    public static AwsException UnknownOperation(ServiceRoute route, RequestFacts facts)
    {
        switch (ErrorStyles.Of(route))
        {
            case ErrorStyle.S3:
                return new(
                    new ErrorCode("MethodNotAllowed", 405),
                    "The specified method is not allowed against this resource.",
                    new Dictionary<string, string> { ["Method"] = facts.Method, ["ResourceType"] = ResourceType(route) });
            case ErrorStyle.Query when route.OperationName is null:
                return new(new ErrorCode("MissingAction", 400), "The request must contain the parameter Action.");
            case ErrorStyle.Query:
                return new(
                    new ErrorCode("InvalidAction", 400),
                    $"Could not find operation {route.OperationName} for version {route.Api?.ApiVersion ?? route.Known?.ApiVersion}");
            case ErrorStyle.RestJson:
                return new(new ErrorCode("UnknownOperationException", 404), $"There is no operation at {facts.Method} {facts.RawPath}.");
            default:
                return new(
                    new ErrorCode("UnknownOperationException", 400),
                    route.OperationName is null ? "The request names no operation in X-Amz-Target." : $"There is no operation {route.OperationName}.");
        }
    }

    /// <summary>A service that is known by name only.</summary>
    public static AwsException ServiceNotImplemented(KnownService service, string? operation) =>
        new(
            new ErrorCode("NotImplementedException", 501, IsServerFault: true, QueryCode: "NotImplemented"),
            $"Fogbank does not implement {service.ServiceId}{(operation is null ? "" : " " + operation)} yet. GET /_fogbank/coverage lists what it does.");

    /// <summary>A body beyond the limit of its operation.</summary>
    /// <param name="route">The operation.</param>
    /// <param name="length">Length of the body; null where the client did not announce it.</param>
    /// <param name="limit">The limit in bytes.</param>
    /// <param name="invocationType">Lambda's; null elsewhere.</param>
    public static AwsException BodyTooLarge(ServiceRoute route, long? length, long limit, string? invocationType)
    {
        if (route.Api?.Name == "lambda" && route.Operation is { } operation)
        {
            return operation.Name == "Invoke"
                ? new(
                    new ErrorCode("RequestTooLargeException", 413),
                    $"{(length ?? limit + 1).ToString(CultureInfo.InvariantCulture)} byte payload is too large for the {invocationType ?? "RequestResponse"} invocation type (limit {limit} bytes)",
                    new Dictionary<string, string> { ["Type"] = "User" })
                : new(
                    new ErrorCode("RequestEntityTooLargeException", 413),
                    $"Request must be smaller than {limit} bytes for the {operation.Name} operation");
        }

        return ErrorStyles.Of(route) switch
        {
            ErrorStyle.S3 => new(
                new ErrorCode("MaxMessageLengthExceeded", 400),
                "Your request was too big.",
                new Dictionary<string, string> { ["MaxMessageLengthBytes"] = limit.ToString(CultureInfo.InvariantCulture) }),
            ErrorStyle.Query => new(new ErrorCode("RequestEntityTooLarge", 413), $"Request must be smaller than {limit} bytes."),
            _ => new(new ErrorCode("RequestEntityTooLargeException", 413), $"Request must be smaller than {limit} bytes."),
        };
    }

    /// <summary>The body ended before the length that its headers announce.</summary>
    public static AwsException IncompleteBody(bool isS3) =>
        new(
            new ErrorCode(isS3 ? "IncompleteBody" : "SerializationException", 400),
            "You did not provide the number of bytes specified by the Content-Length HTTP header.");

    private static string ResourceType(ServiceRoute route) =>
        route.Bucket is null ? "SERVICE" : route.RawPath.TrimEnd('/').IndexOf('/', 1) < 0 ? "BUCKET" : "OBJECT";
}
