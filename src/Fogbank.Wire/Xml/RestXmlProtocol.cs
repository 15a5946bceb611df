using System.Buffers;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;
using Fogbank.Wire.Validation;

namespace Fogbank.Wire.Xml;

/// <summary>rest-xml: members in the path, the query, headers and an XML body. S3's own manners are here too: it speaks it nearly alone.</summary>
internal sealed class RestXmlProtocol : IProtocol
{
    public WireProtocol Protocol => WireProtocol.RestXml;

    public ShapeReader CreateReader(OperationSchema operation, WireRequest request) =>
        new RequestReader(
            new RestSource(request, payload => OpenBody(request, payload)), ValidationPolicy.For(operation.Api), request.NewToken);

    public WireError Describe(OperationSchema operation, WireFormatException exception) =>
        IsS3(operation.Api) ? S3RequestErrors.Describe(exception) : ProtocolErrors.MalformedInput(exception);

    public WireError Describe(OperationSchema operation, IReadOnlyList<Violation> violations) =>
        IsS3(operation.Api) ? S3RequestErrors.Describe(violations) : ProtocolErrors.Validation(operation, violations);

    public async ValueTask WriteSuccessAsync(OperationSchema operation, Shape? output, IWireResponse response, CancellationToken cancellationToken)
    {
        response.Status = operation.Status;
        SetRequestId(operation.Api, response);
        if (output is null)
        {
            await ResponseBody.WriteAsync(response, default, cancellationToken);
            return;
        }

        var schema = output.GetSchema();
        var buffer = new ArrayBufferWriter<byte>(1024);
        var xml = new XmlText(buffer);
        var body = new XmlShapeWriter(xml, alwaysMilliseconds: IsS3(operation.Api));
        var rest = new RestShapeWriter(schema, response, body);
        var root = operation.OutputXmlRoot ?? schema.XmlName;
        var hasBody = RestShapeWriter.HasBody(schema);
        if (hasBody)
        {
            xml.Declaration();
            body.Begin(schema);
            if (operation.IsOutputUnwrapped)
            {
                // GetBucketLocation's answer is its only member's text, without an element inside the root.
                root = schema.Members.First(member => member.Location == WireLocation.Body).WireName;
                body.DropElements();
            }

            xml.Start(root, schema.XmlNamespace ?? operation.Api.XmlNamespace, schema.XmlNamespace is null ? null : schema.XmlPrefix);
        }

        output.WriteMembers(rest);
        if (IsS3(operation.Api) && response.Headers.ContentRange.Count > 0)
        {
            response.Status = 206; // a part of an object; the model knows one status an operation
        }

        if (rest.PayloadStream is { } stream)
        {
            SetContentType(response, "application/octet-stream");
            await ResponseBody.CopyAsync(response, stream, cancellationToken);
            return;
        }

        if (rest.PayloadBytes is { } bytes)
        {
            SetContentType(response, schema.Members[schema.PayloadMember].Type.Kind == WireKind.String ? "text/plain" : "application/octet-stream");
            await ResponseBody.WriteAsync(response, bytes, cancellationToken);
            return;
        }

        if (hasBody)
        {
            xml.End(root);
        }
        else if (rest.PayloadShape is { } payload)
        {
            WritePayload(xml, body, payload, schema, operation);
        }

        if (buffer.WrittenCount > 0)
        {
            SetContentType(response, "application/xml");
        }

        await ResponseBody.WriteAsync(response, buffer.WrittenMemory, cancellationToken);
    }

    public ValueTask WriteErrorAsync(Api? api, WireError error, IWireResponse response, CancellationToken cancellationToken)
    {
        XmlErrors.ApplyHeaders(error, response);
        SetRequestId(api, response);
        var buffer = new ArrayBufferWriter<byte>(512);
        var xml = new XmlText(buffer);
        if (api is null || IsS3(api))
        {
            xml.Declaration();
            xml.Start("Error");
            XmlErrors.WriteCodeAndMembers(xml, error);
            if (error.Resource is not null)
            {
                xml.Element("Resource", error.Resource);
            }

            xml.Element("RequestId", response.RequestId);
            if (response.HostId is not null)
            {
                xml.Element("HostId", response.HostId);
            }

            xml.End("Error");
        }
        else
        {
            xml.Start("ErrorResponse", api.XmlNamespace);
            xml.Start("Error");
            xml.Element("Type", error.Code.IsServerFault ? "Receiver" : "Sender");
            XmlErrors.WriteCodeAndMembers(xml, error);
            xml.End("Error");
            xml.Element("RequestId", response.RequestId);
            xml.End("ErrorResponse");
        }

        response.Headers.ContentType = "application/xml";
        return ResponseBody.WriteAsync(response, buffer.WrittenMemory, cancellationToken);
    }

    private static bool IsS3(Api api) => api.Name == "s3";

    private static XmlSource OpenBody(WireRequest request, MemberSchema? payload) => payload is { Type.Kind: WireKind.Structure }
        ? new XmlSource(request.Body, payload.WireName, payload.Type.Structure.XmlName, payload.Type.Structure.Name)
        : new XmlSource(request.Body);

    private static void WritePayload(XmlText xml, XmlShapeWriter body, Shape payload, ShapeSchema schema, OperationSchema operation)
    {
        var member = schema.Members[schema.PayloadMember];
        var own = payload.GetSchema();
        var root = operation.OutputXmlRoot ?? (own.XmlName == own.Name ? member.WireName : own.XmlName);
        var uri = own.XmlNamespace ?? member.XmlNamespace;
        xml.Declaration();
        xml.Start(root, uri ?? operation.Api.XmlNamespace, uri is null ? null : own.XmlPrefix ?? member.XmlPrefix);
        body.WriteMembersOf(payload);
        xml.End(root);
    }

    private static void SetRequestId(Api? api, IWireResponse response)
    {
        if (api is null || IsS3(api))
        {
            response.Headers["x-amz-request-id"] = HeaderText.Safe(response.RequestId);
            if (response.HostId is not null)
            {
                response.Headers["x-amz-id-2"] = HeaderText.Safe(response.HostId);
            }
        }
        else
        {
            response.Headers["x-amzn-RequestId"] = HeaderText.Safe(response.RequestId);
        }
    }

    private static void SetContentType(IWireResponse response, string contentType)
    {
        if (response.Headers.ContentType.Count == 0)
        {
            response.Headers.ContentType = contentType;
        }
    }
}
