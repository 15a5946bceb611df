using System.Buffers;
using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;
using Fogbank.Wire.Validation;

namespace Fogbank.Wire.Json;

/// <summary>awsJson 1.0 and 1.1: everything in one JSON body, the operation in <c>X-Amz-Target</c>.</summary>
internal sealed class JsonProtocol(WireProtocol protocol) : IProtocol
{
    private readonly string _contentType = protocol == WireProtocol.Json10 ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1";

    public WireProtocol Protocol => protocol;

    public ShapeReader CreateReader(OperationSchema operation, WireRequest request)
    {
        // SDKs send no body where an operation has no input.
        var body = request.Body.IsEmpty ? "{}"u8.ToArray() : request.Body;
        return new RequestReader(new JsonSource(body), ValidationPolicy.For(operation.Api), request.NewToken);
    }

    public WireError Describe(OperationSchema operation, WireFormatException exception) =>
        ProtocolErrors.Serialization(exception);

    public WireError Describe(OperationSchema operation, IReadOnlyList<Violation> violations) =>
        ProtocolErrors.Validation(operation, violations);

    public async ValueTask WriteSuccessAsync(OperationSchema operation, Shape? output, IWireResponse response, CancellationToken cancellationToken)
    {
        response.Status = operation.Status;
        Begin(response);
        var buffer = new ArrayBufferWriter<byte>(512);
        if (output is not null)
        {
            await using var json = new Utf8JsonWriter(buffer, JsonShapeWriter.Options);
            new JsonShapeWriter(json).WriteWhole(output);
        }

        await ResponseBody.WriteAsync(response, buffer.WrittenMemory, cancellationToken);
    }

    public ValueTask WriteErrorAsync(Api? api, WireError error, IWireResponse response, CancellationToken cancellationToken)
    {
        Begin(response);
        JsonErrors.ApplyHeaders(error, response);
        if (error.Code.QueryCode is { } queryCode)
        {
            // Clients that knew the service when it spoke query still see the old codes.
            response.Headers["x-amzn-query-error"] = $"{queryCode};{(error.Code.IsServerFault ? "Receiver" : "Sender")}";
        }

        return ResponseBody.WriteAsync(response, JsonErrors.Body(error, "__type", "message"), cancellationToken);
    }

    private void Begin(IWireResponse response)
    {
        response.Headers.ContentType = _contentType;
        response.Headers["x-amzn-RequestId"] = HeaderText.Safe(response.RequestId);
    }
}
