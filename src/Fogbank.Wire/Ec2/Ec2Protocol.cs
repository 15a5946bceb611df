using System.Buffers;
using System.Text;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;
using Fogbank.Wire.Validation;
using Fogbank.Wire.Xml;

namespace Fogbank.Wire.Ec2;

/// <summary>ec2Query: a form in, XML out, with names, lists and errors of its own.</summary>
internal sealed class Ec2Protocol : IProtocol
{
    public WireProtocol Protocol => WireProtocol.Ec2;

    public ShapeReader CreateReader(OperationSchema operation, WireRequest request)
    {
        var form = request.Body.IsEmpty ? request.RawQuery : Encoding.UTF8.GetString(request.Body.Span);
        return new RequestReader(new Ec2Source(form), ValidationPolicy.For(operation.Api), request.NewToken);
    }

    public WireError Describe(OperationSchema operation, WireFormatException exception) =>
        new(new ErrorCode(exception is UnknownParameterException ? "UnknownParameter" : "InvalidParameterValue", 400), exception.Message) { IsModelled = false };

    /// <summary>EC2 tells the first fault only, and what is missing before what is wrong.</summary>
    public WireError Describe(OperationSchema operation, IReadOnlyList<Violation> violations)
    {
        var violation = violations.FirstOrDefault(violation => violation.IsMissing, violations[0]);
        var parameter = Ec2Names.InMessages(violation.Path);
        return violation.IsMissing
            ? new(new ErrorCode("MissingParameter", 400), $"The request must contain the parameter {parameter}") { IsModelled = false }
            : new(new ErrorCode("InvalidParameterValue", 400), $"Value ({violation.Value}) for parameter {parameter} is invalid. {violation.Demand}") { IsModelled = false };
    }

    public ValueTask WriteSuccessAsync(OperationSchema operation, Shape? output, IWireResponse response, CancellationToken cancellationToken)
    {
        response.Status = operation.Status;
        var buffer = new ArrayBufferWriter<byte>(1024);
        var xml = new XmlText(buffer);
        xml.Declaration();
        xml.Start(operation.Name + "Response", operation.Api.XmlNamespace);
        xml.Element("requestId", response.RequestId);
        if (operation.OutputName is null)
        {
            // In no model, and in every such answer.
            xml.Element("return", "true");
        }
        else if (output is not null)
        {
            new XmlShapeWriter(xml, alwaysMilliseconds: true).WriteMembersOf(output);
        }

        xml.End(operation.Name + "Response");
        return FinishAsync(response, buffer, cancellationToken);
    }

    public ValueTask WriteErrorAsync(Api? api, WireError error, IWireResponse response, CancellationToken cancellationToken)
    {
        XmlErrors.ApplyHeaders(error, response);
        var buffer = new ArrayBufferWriter<byte>(512);
        var xml = new XmlText(buffer);
        xml.Declaration();
        xml.Start("Response");
        xml.Start("Errors");
        xml.Start("Error");
        XmlErrors.WriteCodeAndMembers(xml, error);
        xml.End("Error");
        xml.End("Errors");
        xml.Element("RequestID", response.RequestId);
        xml.End("Response");
        return FinishAsync(response, buffer, cancellationToken);
    }

    private static ValueTask FinishAsync(IWireResponse response, ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        response.Headers.ContentType = "text/xml;charset=UTF-8";
        response.Headers["x-amzn-RequestId"] = HeaderText.Safe(response.RequestId);
        return ResponseBody.WriteAsync(response, buffer.WrittenMemory, cancellationToken);
    }
}
