using Fogbank.Contracts;
using Fogbank.Wire.Protocols;

namespace Fogbank.Wire.Xml;

/// <summary>S3 validates by hand: no "1 validation error detected", but codes of its own by where the fault is.</summary>
internal static class S3RequestErrors
{
    private static readonly ErrorCode MalformedXml = new("MalformedXML", 400);
    private static readonly ErrorCode InvalidArgument = new("InvalidArgument", 400);

    public static WireError Describe(WireFormatException exception) => exception.Member is { } member
        ? Argument(member, exception.Value, exception.Message)
        : Schema();

    public static WireError Describe(IReadOnlyList<Violation> violations)
    {
        var violation = violations[0];
        if (violation.Root is not { Location: not (WireLocation.Body or WireLocation.Payload) } member)
        {
            return violation.IsMissing && violation.Root is { Location: WireLocation.Payload }
                ? new WireError(new ErrorCode("MissingRequestBodyError", 400), "Request Body is empty")
                : Schema();
        }

        return Argument(member, violation.Value, null);
    }

    private static WireError Schema() => new(MalformedXml, "The XML you provided was not well-formed or did not validate against our published schema");

    private static WireError Argument(MemberSchema member, string? value, string? reason)
    {
        switch (member.WireName)
        {
            case "x-amz-storage-class":
                return new WireError(new ErrorCode("InvalidStorageClass", 400), "The storage class you specified is not valid")
                {
                    Members = [new("StorageClassRequested", value ?? "")],
                };
            case "x-amz-object-ownership":
                return Argument(member, null, $"Invalid x-amz-object-ownership header: {value}", hasValue: false);
            case "x-amz-object-lock-mode":
                return Argument(member, value, "Unknown wormMode directive.", hasValue: true);
            case "encoding-type":
                return Argument(member, value, "Invalid Encoding Method specified in Request", hasValue: true);
            case "x-amz-acl":
                return Argument(member, value, null, hasValue: true);
            case "partNumber":
                return Argument(member, value, "Part number must be an integer between 1 and 10000, inclusive", hasValue: true);
            case "max-keys" or "max-uploads" or "max-parts":
                return Argument(member, value, $"Provided {member.WireName} not an integer or within integer range", hasValue: true);
            default:
                return Argument(member, value, reason ?? "Invalid Argument", hasValue: value is not null);
        }
    }

    private static WireError Argument(MemberSchema member, string? value, string? message, bool hasValue) =>
        new(InvalidArgument, message)
        {
            Members = hasValue
                ? [new("ArgumentName", member.WireName), new("ArgumentValue", value ?? "")]
                : [new("ArgumentName", member.WireName)],
        };
}
