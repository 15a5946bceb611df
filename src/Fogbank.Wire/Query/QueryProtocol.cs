using System.Buffers;
using System.Text;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;
using Fogbank.Wire.Validation;
using Fogbank.Wire.Xml;

namespace Fogbank.Wire.Query;

/// <summary>awsQuery: a form in, XML out. A GET carries the form in its query.</summary>
internal sealed class QueryProtocol : IProtocol
{
    public WireProtocol Protocol => WireProtocol.Query;

    public ShapeReader CreateReader(OperationSchema operation, WireRequest request)
    {
        var form = request.Body.IsEmpty ? request.RawQuery : Encoding.UTF8.GetString(request.Body.Span);
        return new RequestReader(new QuerySource(form), ValidationPolicy.For(operation.Api), request.NewToken);
    }

    public WireError Describe(OperationSchema operation, WireFormatException exception) => ProtocolErrors.MalformedInput(exception);

    public WireError Describe(OperationSchema operation, IReadOnlyList<Violation> violations) =>
        ProtocolErrors.Validation(operation, violations);

    public ValueTask WriteSuccessAsync(OperationSchema operation, Shape? output, IWireResponse response, CancellationToken cancellationToken)
    {
        response.Status = operation.Status;
        var buffer = new ArrayBufferWriter<byte>(1024);
        var xml = new XmlText(buffer);
        xml.Start(operation.Name + "Response", operation.Api.XmlNamespace);
        if (output is not null)
        {
            xml.Start(operation.Name + "Result");
            new XmlShapeWriter(xml, alwaysMilliseconds: false).WriteMembersOf(output);
            xml.End(operation.Name + "Result");
        }

        xml.Start("ResponseMetadata");
        xml.Element("RequestId", response.RequestId);
        xml.End("ResponseMetadata");
        xml.End(operation.Name + "Response");
        return FinishAsync(response, buffer, cancellationToken);
    }

    public ValueTask WriteErrorAsync(Api? api, WireError error, IWireResponse response, CancellationToken cancellationToken)
    {
        XmlErrors.ApplyHeaders(error, response);
        var buffer = new ArrayBufferWriter<byte>(512);
        var xml = new XmlText(buffer);
        xml.Start("ErrorResponse", api?.XmlNamespace);
        xml.Start("Error");
        xml.Element("Type", error.Code.IsServerFault ? "Receiver" : "Sender");
        XmlErrors.WriteCodeAndMembers(xml, error);
        xml.End("Error");
        xml.Element("RequestId", response.RequestId);
        xml.End("ErrorResponse");
        return FinishAsync(response, buffer, cancellationToken);
    }

    private static ValueTask FinishAsync(IWireResponse response, ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        response.Headers.ContentType = "text/xml";
        response.Headers["x-amzn-RequestId"] = HeaderText.Safe(response.RequestId);
        return ResponseBody.WriteAsync(response, buffer.WrittenMemory, cancellationToken);
    }
}
