using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>What a caller gets where it is the sandbox, not the function, that reports the error.</summary>
internal static class ErrorPayload
{
    internal const string ExitError = "Runtime.ExitError";
    internal const string TimedOut = "Sandbox.Timedout";
    internal const string TooLarge = "Function.ResponseSizeTooLarge";
    internal const string Truncated = "Runtime.TruncatedResponse";
    internal const string InvalidEntrypoint = "Runtime.InvalidEntrypoint";

    private const int SigKill = 9;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Linux's names as Go's runtime, and so Lambda's sandbox, prints them.
    private static readonly string?[] SignalNames =
    [
        null, "hangup", "interrupt", "quit", "illegal instruction", "trace/breakpoint trap", "aborted", "bus error",
        "floating point exception", "killed", "user defined signal 1", "segmentation fault", "user defined signal 2", "broken pipe",
        "alarm clock", "terminated",
    ];

    internal static byte[] Timeout(string requestId, TimeSpan timeout) =>
        TypeFirst(TimedOut, $"RequestId: {requestId} Error: {TimeoutText(timeout)}");

    internal static string TimeoutText(TimeSpan timeout) =>
        string.Create(CultureInfo.InvariantCulture, $"Task timed out after {timeout.TotalSeconds:F2} seconds");

    internal static byte[] Exit(string requestId, int? exitCode, int? signal, bool outOfMemory) =>
        TypeFirst(ExitError, $"RequestId: {requestId} Error: {ExitText(exitCode, signal, outOfMemory)}");

    internal static string ExitText(int? exitCode, int? signal, bool outOfMemory) => (exitCode, signal) switch
    {
        _ when outOfMemory => $"Runtime exited with error: signal: {SignalName(SigKill)}",
        (_, { } number) => $"Runtime exited with error: signal: {SignalName(number)}",
        (0, _) => "Runtime exited without providing a reason",
        ({ } code, _) => $"Runtime exited with error: exit status {code.ToString(CultureInfo.InvariantCulture)}",
        _ => "Runtime exited without providing a reason",
    };

    internal static byte[] ResponseTooLarge() => Write(static writer =>
    {
        writer.WriteString("errorMessage", $"Response payload size exceeded maximum allowed payload size ({CodeLimits.ResponseBytes} bytes).");
        writer.WriteString("errorType", TooLarge);
    });

    internal static byte[] TruncatedResponse(string requestId) =>
        TypeFirst(Truncated, $"RequestId: {requestId} Error: The runtime closed its connection before its response was complete");

    internal static byte[] NoEntrypoint(string requestId, string paths) =>
        TypeFirst(InvalidEntrypoint, $"RequestId: {requestId} Error: Couldn't find valid bootstrap(s): [{paths}]");

    internal static byte[] NotStarted(string requestId, string type, string text) => TypeFirst(type, $"RequestId: {requestId} Error: {text}");

    private static byte[] TypeFirst(string type, string message) => Write(writer =>
    {
        writer.WriteString("errorType", type);
        writer.WriteString("errorMessage", message);
    });

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Plain))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string SignalName(int number) =>
        number > 0 && number < SignalNames.Length ? SignalNames[number]! : $"signal {number.ToString(CultureInfo.InvariantCulture)}";
}
