using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>Errors that belong to no single API.</summary>
public static class CommonErrors
{
    /// <summary>An operation or an API that Fogbank knows by name only.</summary>
    public static AwsException NotImplemented(OperationSchema operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return NotImplemented(operation.Api, operation.Name);
    }

    /// <summary>An operation that the contract of its API leaves out.</summary>
    public static AwsException NotImplemented(Api api, string operation)
    {
        ArgumentNullException.ThrowIfNull(api);
        return new(
            NotImplementedCode, $"Fogbank does not implement {api.ServiceId} {operation} yet. GET /_fogbank/coverage lists what it does.");
    }

    /// <summary>Something that an operation would have to answer and Fogbank does not have.</summary>
    /// <param name="what">Fits behind "does not have".</param>
    public static AwsException NotAvailable(string what) => new(NotImplementedCode, $"Fogbank does not have {what}.");

    /// <summary>A setting that would change behaviour and is not built: refused by name, never stored without effect.</summary>
    public static AwsException SettingNotSupported(ErrorCode code, string setting) =>
        new(code, $"Fogbank does not support {setting} yet, and will not store a setting that it would not act on.");

    /// <summary>The catch-all of the front door.</summary>
    public static AwsException InternalFailure(string requestId) =>
        new(
            new ErrorCode("InternalFailure", 500, IsServerFault: true, QueryCode: "InternalFailure"),
            $"The request processing has failed because of an unknown error. The region's log has it under request id {requestId}.");

    private static ErrorCode NotImplementedCode { get; } =
        new("NotImplementedException", 501, IsServerFault: true, QueryCode: "NotImplemented");
}
