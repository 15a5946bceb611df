using Fogbank.Contracts;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.FrontDoor;

/// <summary>AWS's framework errors have names and statuses that differ by protocol.</summary>
internal enum ErrorStyle
{
    S3,
    Query,
    Json,
    RestJson,
}

internal static class ErrorStyles
{
    public static ErrorStyle Of(ServiceRoute route) => route.Protocol switch
    {
        WireProtocol.RestXml => ErrorStyle.S3,
        WireProtocol.Query or WireProtocol.Ec2 => ErrorStyle.Query,
        WireProtocol.RestJson => ErrorStyle.RestJson,
        _ => ErrorStyle.Json,
    };
}
