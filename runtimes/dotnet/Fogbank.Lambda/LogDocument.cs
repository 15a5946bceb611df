using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fogbank.Lambda;

/// <summary>A record of the log as AWS's JSON format writes it.</summary>
internal static class LogDocument
{
    public static string Write(string timestamp, string level, string requestId, string message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("timestamp", timestamp);
            writer.WriteString("level", Name(level));
            writer.WriteString("requestId", requestId);
            writer.WriteString("message", message.Replace('\r', '\n'));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string Name(string level) => level switch
    {
        "trce" => "Trace",
        "dbug" => "Debug",
        "warn" => "Warning",
        "fail" => "Error",
        "crit" => "Critical",
        _ => "Information",
    };
}
