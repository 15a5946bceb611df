using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Fogbank.Kernel;
using Fogbank.Wire.Hosting;
using Fogbank.Wire.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fogbank.Wire.Surfaces;

/// <summary>The region's own pages: <c>/_fogbank/</c>, and those under <c>/_localstack/</c> that scripts and test containers wait for.</summary>
internal sealed class InternalPages(RegionServerParts parts)
{
    private readonly DateTimeOffset _startedAt = parts.Time.GetUtcNow();
    private CoverageReport? _coverage;

    private CoverageReport Coverage => _coverage ??= CoverageReport.Build(parts.Apis, parts.Operations);

    public static bool Claims(string path) =>
        path.StartsWith("/_fogbank/", StringComparison.Ordinal) || path.StartsWith("/_localstack/", StringComparison.Ordinal);

    public Task HandleAsync(HttpContext context, RequestFacts facts, CancellationToken cancellationToken)
    {
        var isRead = facts.Method is "GET" or "HEAD";
        var path = facts.RawPath.TrimEnd('/');
        return (path, isRead) switch
        {
            ("/_fogbank/health", true) => WriteAsync(context, 200, WriteHealth),
            ("/_fogbank/coverage", true) => WriteAsync(context, 200, Coverage.WriteJson),
            ("/_fogbank/reset", false) when facts.Method == "POST" => ResetAsync(context, facts, RawQuery.Find(facts.RawQuery, "service"), cancellationToken),
            ("/_localstack/health", true) => WriteAsync(context, 200, WriteLocalStackHealth),
            ("/_localstack/info", true) => WriteAsync(context, 200, WriteLocalStackInfo),
            ("/_localstack/init", true) => WriteAsync(context, 200, WriteInit),
            ("/_localstack/state/reset", false) when facts.Method == "POST" => ResetAsync(context, facts, null, cancellationToken),
            _ when facts.Method == "POST" && ServiceOfReset(path) is { } service => ResetAsync(context, facts, service, cancellationToken),
            ("/_fogbank/health" or "/_fogbank/coverage" or "/_fogbank/reset" or "/_localstack/health" or "/_localstack/info", _) =>
                WriteErrorAsync(context, 405, $"{facts.Method} is not for {path}."),
            _ => WriteErrorAsync(context, 404, $"There is no page {path}."),
        };
    }

    private static string? ServiceOfReset(string path) =>
        path.Split('/') is ["", "_localstack", "state", var service, "reset"] ? service : null;

    private async Task ResetAsync(HttpContext context, RequestFacts facts, string? service, CancellationToken cancellationToken)
    {
        var account = RawQuery.Find(facts.RawQuery, "account");
        var region = RawQuery.Find(facts.RawQuery, "region");
        if (account is not null && (account.Length != 12 || !account.All(char.IsAsciiDigit)))
        {
            await WriteErrorAsync(context, 400, "account must have twelve digits.");
            return;
        }

        if (region is not null && account is null)
        {
            // A key begins with its account, so a region without one cannot be told apart in the store.
            account = parts.Region.DefaultAccountId;
        }

        var all = parts.Services.GetServices<IResettable>().ToList();
        var chosen = all.FindAll(resettable => service is null || resettable.Service == service);
        if (chosen.Count == 0 && service is not null)
        {
            await WriteErrorAsync(context, 404, $"There is no service {service} that could be reset. There are: {string.Join(", ", all.Select(resettable => resettable.Service).Order())}.");
            return;
        }

        var start = parts.Time.GetTimestamp();
        // Side by side: each waits for the writer of its own database.
        await Task.WhenAll(chosen.Select(resettable => resettable.ResetAsync(account, region, cancellationToken).AsTask()));
        var elapsed = parts.Time.GetElapsedTime(start);
        await WriteAsync(context, 200, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("reset");
            foreach (var resettable in chosen)
            {
                writer.WriteStringValue(resettable.Service);
            }

            writer.WriteEndArray();
            writer.WriteNumber("milliseconds", Math.Round(elapsed.TotalMilliseconds, 3));
            writer.WriteEndObject();
        });
    }

    private void WriteHealth(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("status", "running");
        writer.WriteString("version", parts.Options.Version);
        writer.WriteString("auth", parts.Options.Auth == AuthMode.Open ? "open" : "iam");
        writer.WriteString("region", parts.Region.DefaultRegion);
        writer.WriteString("account", parts.Region.DefaultAccountId);
        foreach (var (name, value) in parts.Options.Facts)
        {
            writer.WriteString(name, value);
        }

        writer.WriteNumber("uptimeSeconds", (long)(parts.Time.GetUtcNow() - _startedAt).TotalSeconds);
        writer.WriteStartArray("services");
        foreach (var name in Coverage.ServedServices)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteLocalStackHealth(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("services");
        foreach (var name in Coverage.ServedServices)
        {
            writer.WriteString(name, "running");
        }

        foreach (var name in Coverage.OtherServices)
        {
            writer.WriteString(name, "disabled");
        }

        writer.WriteEndObject();
        writer.WriteString("edition", "community");
        writer.WriteString("version", parts.Options.Version);
        writer.WriteEndObject();
    }

    private void WriteLocalStackInfo(Utf8JsonWriter writer)
    {
        var now = parts.Time.GetUtcNow();
        writer.WriteStartObject();
        writer.WriteString("version", parts.Options.Version);
        writer.WriteString("edition", "community");
        writer.WriteBoolean("is_license_activated", false);
        writer.WriteString("session_id", $"fogbank-{_startedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}");
        writer.WriteString("machine_id", "");
        writer.WriteString("system", OperatingSystem.IsLinux() ? "linux" : "other");
        writer.WriteBoolean("is_docker", File.Exists("/.dockerenv"));
        writer.WriteString("server_time_utc", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        writer.WriteNumber("uptime", (long)(now - _startedAt).TotalSeconds);
        writer.WriteEndObject();
    }

    /// <summary>There are no start-up scripts, so all that ran has run.</summary>
    private static void WriteInit(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("completed");
        writer.WriteBoolean("BOOT", true);
        writer.WriteBoolean("START", true);
        writer.WriteBoolean("READY", true);
        writer.WriteBoolean("SHUTDOWN", false);
        writer.WriteEndObject();
        writer.WriteStartArray("scripts");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static Task WriteErrorAsync(HttpContext context, int status, string message) => WriteAsync(context, status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("message", message);
        writer.WriteEndObject();
    });

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            write(writer);
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
        }
    }
}
