using System.Buffers;
using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Wire.Json;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;
using Fogbank.Wire.Validation;

namespace Fogbank.Wire.RestJson;

/// <summary>rest-json: members in the path, the query, headers and a JSON body.</summary>
internal sealed class RestJsonProtocol : IProtocol
{
    public WireProtocol Protocol => WireProtocol.RestJson;

    public ShapeReader CreateReader(OperationSchema operation, WireRequest request) =>
        new RequestReader(
            new RestSource(request, _ => new JsonSource(request.Body)), ValidationPolicy.For(operation.Api), request.NewToken);

    public WireError Describe(OperationSchema operation, WireFormatException exception) => ProtocolErrors.Serialization(exception);

    public WireError Describe(OperationSchema operation, IReadOnlyList<Violation> violations) =>
        ProtocolErrors.Validation(operation, violations);

    public async ValueTask WriteSuccessAsync(OperationSchema operation, Shape? output, IWireResponse response, CancellationToken cancellationToken)
    {
        response.Status = operation.Status;
        response.Headers["x-amzn-RequestId"] = HeaderText.Safe(response.RequestId);
        if (output is null)
        {
            await ResponseBody.WriteAsync(response, default, cancellationToken);
            return;
        }

        var schema = output.GetSchema();
        var buffer = new ArrayBufferWriter<byte>(512);
        await using var json = new Utf8JsonWriter(buffer, JsonShapeWriter.Options);
        var body = new JsonShapeWriter(json);
        var rest = new RestShapeWriter(schema, response, body);
        var hasBody = schema.Members.Count == 0 || RestShapeWriter.HasBody(schema);
        if (hasBody)
        {
            body.Begin(schema);
        }

        output.WriteMembers(rest);
        if (rest.PayloadStream is { } stream)
        {
            SetContentType(response, "application/octet-stream");
            await ResponseBody.CopyAsync(response, stream, cancellationToken);
            return;
        }

        if (rest.PayloadBytes is { } bytes)
        {
            SetContentType(response, PayloadType(operation.Api, schema.Members[schema.PayloadMember].Type));
            await ResponseBody.WriteAsync(response, bytes, cancellationToken);
            return;
        }

        if (hasBody)
        {
            body.End();
        }
        else if (rest.PayloadShape is { } payload)
        {
            body.WriteWhole(payload);
        }
        else if (rest.PayloadDocument is { } document)
        {
            document.WriteTo(json);
        }

        await json.FlushAsync(cancellationToken);
        if (buffer.WrittenCount > 0)
        {
            SetContentType(response, "application/json");
        }

        await ResponseBody.WriteAsync(response, buffer.WrittenMemory, cancellationToken);
    }

    public ValueTask WriteErrorAsync(Api? api, WireError error, IWireResponse response, CancellationToken cancellationToken)
    {
        response.Headers.ContentType = "application/json";
        response.Headers["x-amzn-RequestId"] = HeaderText.Safe(response.RequestId);
        response.Headers["x-amzn-ErrorType"] = error.Code.Name;
        JsonErrors.ApplyHeaders(error, response);
        var form = error.IsModelled && api is not null ? RestErrorForm.For(api) : RestErrorForm.Plain;
        var body = JsonErrors.Body(error, typeName: null, form.MessageName(error.Code), form.FaultOf(error.Code));
        return ResponseBody.WriteAsync(response, body, cancellationToken);
    }

    /// <summary>What a function returns is JSON, though the model has only bytes.</summary>
    private static string PayloadType(Api api, TypeSchema type) =>
        type.Kind == WireKind.String ? "text/plain" : api.Name == "lambda" ? "application/json" : "application/octet-stream";

    private static void SetContentType(IWireResponse response, string contentType)
    {
        if (response.Headers.ContentType.Count == 0)
        {
            response.Headers.ContentType = contentType;
        }
    }
}
