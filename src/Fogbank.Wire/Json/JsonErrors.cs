using System.Buffers;
using System.Text.Json;
using Fogbank.Wire.Protocols;
using Fogbank.Wire.Rest;

namespace Fogbank.Wire.Json;

/// <summary>What the JSON protocols share in writing errors.</summary>
internal static class JsonErrors
{
    public static void ApplyHeaders(WireError error, IWireResponse response)
    {
        response.Status = error.Code.Status;
        foreach (var (name, value) in error.Headers)
        {
            response.Headers[name] = HeaderText.Safe(value);
        }
    }

    /// <summary>The body of an error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="typeName">Name of the member that carries the code; null where a header does.</param>
    /// <param name="messageName">Name of the member that carries the text.</param>
    /// <param name="fault">Value of the member <c>Type</c>; null where the service has none.</param>
    public static ReadOnlyMemory<byte> Body(WireError error, string? typeName, string messageName, string? fault = null)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, JsonShapeWriter.Options);
        json.WriteStartObject();
        if (typeName is not null)
        {
            json.WriteString(typeName, error.Code.Name);
        }

        if (fault is not null)
        {
            json.WriteString("Type", fault);
        }

        foreach (var (name, value) in error.Members)
        {
            json.WriteString(name, value);
        }

        foreach (var (name, value) in error.Numbers)
        {
            json.WriteNumber(name, value);
        }

        if (error.Message is not null)
        {
            json.WriteString(messageName, error.Message);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
