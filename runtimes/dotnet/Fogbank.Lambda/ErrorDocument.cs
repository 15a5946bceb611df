using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fogbank.Lambda;

/// <summary>An exception in the form of AWS's .NET runtime: <c>{"errorType", "errorMessage", "stackTrace", "cause"}</c>.</summary>
internal static class ErrorDocument
{
    private const int MaxCauses = 8;

    public static byte[] Write(Exception error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, error, MaxCauses);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static string NameOf(Exception error) => error is LambdaRuntimeException { Name: { } name } ? name : error.GetType().Name;

    private static void Write(Utf8JsonWriter writer, Exception error, int causesLeft)
    {
        writer.WriteStartObject();
        writer.WriteString("errorType", NameOf(error));
        writer.WriteString("errorMessage", error.Message);
        writer.WriteStartArray("stackTrace");
        foreach (var line in (error.StackTrace ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            writer.WriteStringValue(line.TrimEnd('\r'));
        }

        writer.WriteEndArray();
        if (error.InnerException is { } inner && causesLeft > 0)
        {
            writer.WritePropertyName("cause");
            Write(writer, inner, causesLeft - 1);
        }

        if (error is AggregateException { InnerExceptions.Count: > 1 } aggregate && causesLeft > 0)
        {
            writer.WriteStartArray("causes");
            foreach (var one in aggregate.InnerExceptions)
            {
                Write(writer, one, causesLeft - 1);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
