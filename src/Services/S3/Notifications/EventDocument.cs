using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Notifications;

/// <summary>The event as a function gets it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html</summary>
internal static class EventDocument
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="sequence">Greater than that of every earlier event of the key.</param>
    public static byte[] Write(EventRecord record, long sequence)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, s_options);
        json.WriteStartObject();
        json.WriteStartArray("Records");
        json.WriteStartObject();
        json.WriteString("eventVersion", "2.1");
        json.WriteString("eventSource", "aws:s3");
        json.WriteString("awsRegion", record.Region);
        json.WriteString("eventTime", record.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("eventName", record.Name);
        WriteObject(json, "userIdentity", ("principalId", record.PrincipalId));
        WriteObject(json, "requestParameters", ("sourceIPAddress", record.SourceAddress ?? "s3.amazonaws.com"));
        WriteObject(json, "responseElements", ("x-amz-request-id", record.RequestId), ("x-amz-id-2", HostId(record.RequestId)));
        json.WriteStartObject("s3");
        json.WriteString("s3SchemaVersion", "1.0");
        json.WriteString("configurationId", record.ConfigurationId);
        json.WriteStartObject("bucket");
        json.WriteString("name", record.Bucket);
        WriteObject(json, "ownerIdentity", ("principalId", record.BucketAccountId));
        json.WriteString("arn", $"arn:aws:s3:::{record.Bucket}");
        json.WriteEndObject();
        json.WriteStartObject("object");
        json.WriteString("key", UrlText.Encode(record.Key));
        if (record.Size is { } size)
        {
            json.WriteNumber("size", size);
        }

        if (record.ETag is not null)
        {
            json.WriteString("eTag", record.ETag);
        }

        json.WriteString("sequencer", sequence.ToString("X18", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string HostId(string requestId) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"fogbank/{requestId}"));

    private static void WriteObject(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Name, string Value)> members)
    {
        json.WriteStartObject(name);
        foreach (var (member, value) in members)
        {
            json.WriteString(member, value);
        }

        json.WriteEndObject();
    }
}
