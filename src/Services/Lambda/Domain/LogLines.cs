using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>The platform's own log lines, in AWS's text and JSON forms. Without the line feed that ends each.</summary>
internal static class LogLines
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string InitStart(string runtimeVersion, string runtimeArn) =>
        $"INIT_START Runtime Version: {runtimeVersion}\tRuntime Version ARN: {runtimeArn}";

    /// <summary>Only where initialisation failed.</summary>
    internal static string InitReport(TimeSpan duration, string phase, string status, string? errorType) => string.Create(
        CultureInfo.InvariantCulture,
        $"INIT_REPORT Init Duration: {duration.TotalMilliseconds:F2} ms\tPhase: {phase}\tStatus: {status}{(errorType is null ? "" : $"\tError Type: {errorType}")}");

    internal static string Start(string requestId, string version) => $"START RequestId: {requestId} Version: {version}";

    internal static string End(string requestId) => $"END RequestId: {requestId}";

    internal static string Report(InvocationReport report)
    {
        var text = new StringBuilder(192);
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"REPORT RequestId: {report.RequestId}\tDuration: {report.Duration.TotalMilliseconds:F2} ms\tBilled Duration: {report.BilledMilliseconds} ms\t");
        text.Append(culture, $"Memory Size: {report.MemoryMegabytes} MB\tMax Memory Used: {report.MaxMemoryMegabytes} MB\t");
        if (report.InitDuration is { } init)
        {
            text.Append(culture, $"Init Duration: {init.TotalMilliseconds:F2} ms\t");
        }

        if (report.Status == InvocationReport.Timeout)
        {
            text.Append("Status: timeout");
        }
        else if (report.ErrorType is not null)
        {
            text.Append(culture, $"Status: error\tError Type: {report.ErrorType}");
        }

        return text.ToString();
    }

    /// <summary>Before END; followed by an empty line.</summary>
    internal static string TimedOut(DateTimeOffset at, string requestId, TimeSpan timeout) =>
        $"{Time(at)} {requestId} {ErrorPayload.TimeoutText(timeout)}\n";

    /// <summary>Before END, where the runtime's process ended.</summary>
    internal static string Exited(string requestId, string text) => Failed(requestId, text, ErrorPayload.ExitError);

    /// <summary>Before END, where the sandbox says why.</summary>
    internal static string Failed(string requestId, string text, string errorType) => $"RequestId: {requestId} Error: {text}\n{errorType}";

    internal static string JsonInitStart(DateTimeOffset at, string? runtimeVersion, string? runtimeArn, string functionName, string version) => Json(at, "platform.initStart", writer =>
    {
        writer.WriteString("initializationType", "on-demand");
        writer.WriteString("phase", "init");
        if (runtimeVersion is not null)
        {
            writer.WriteString("runtimeVersion", runtimeVersion);
            writer.WriteString("runtimeVersionArn", runtimeArn);
        }

        writer.WriteString("functionName", functionName);
        writer.WriteString("functionVersion", version);
    });

    internal static string JsonInitReport(DateTimeOffset at, TimeSpan duration, string phase, string status, string? errorType) => Json(at, "platform.initReport", writer =>
    {
        writer.WriteString("initializationType", "on-demand");
        writer.WriteString("phase", phase);
        writer.WriteString("status", status);
        if (errorType is not null)
        {
            writer.WriteString("errorType", errorType);
        }

        writer.WriteStartObject("metrics");
        writer.WriteNumber("durationMs", Rounded(duration));
        writer.WriteEndObject();
    });

    internal static string JsonStart(DateTimeOffset at, string requestId, string version) => Json(at, "platform.start", writer =>
    {
        writer.WriteString("requestId", requestId);
        writer.WriteString("version", version);
    });

    internal static string JsonReport(DateTimeOffset at, InvocationReport report) => Json(at, "platform.report", writer =>
    {
        writer.WriteString("requestId", report.RequestId);
        writer.WriteStartObject("metrics");
        writer.WriteNumber("durationMs", Rounded(report.Duration));
        writer.WriteNumber("billedDurationMs", report.BilledMilliseconds);
        writer.WriteNumber("memorySizeMB", report.MemoryMegabytes);
        writer.WriteNumber("maxMemoryUsedMB", report.MaxMemoryMegabytes);
        if (report.InitDuration is { } init)
        {
            writer.WriteNumber("initDurationMs", Rounded(init));
        }

        writer.WriteEndObject();
        if (report.ErrorType is not null)
        {
            writer.WriteString("errorType", report.ErrorType);
        }

        writer.WriteString("status", report.Status);
    });

    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static double Rounded(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);

    private static string Json(DateTimeOffset at, string type, Action<Utf8JsonWriter> record)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("time", Time(at));
            writer.WriteString("type", type);
            writer.WriteStartObject("record");
            record(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
