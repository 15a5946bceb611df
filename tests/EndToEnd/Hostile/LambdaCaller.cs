using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>Lambda's API by hand over HTTP: an SDK would retry what these tests want to see, and hide how long it took.</summary>
internal sealed class LambdaCaller(Uri region) : IDisposable
{
    internal const string Account = "000000000000";

    private static readonly Lazy<string> Package = new(() =>
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var module in Directory.GetFiles(Repository.Of("tests/EndToEnd/Hostile/functions"), "*.py"))
            {
                using var file = archive.CreateEntry(Path.GetFileName(module)).Open();
                file.Write(File.ReadAllBytes(module));
            }
        }

        return Convert.ToBase64String(zip.ToArray());
    });

    private static readonly JsonSerializerOptions LeaveOutNull = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpClient _http = new() { BaseAddress = region, Timeout = TimeSpan.FromSeconds(60) };
    private readonly HashSet<string> _roles = [];
    private readonly SemaphoreSlim _makingRoles = new(1, 1);

    /// <summary>Makes a function of <c>hostile.py</c> under a new name and waits until it is active.</summary>
    internal async Task<HostileFunction> DeployAsync(int memory, int timeout, IReadOnlyDictionary<string, string>? variables, string? role)
    {
        await EnsureRoleAsync(role ?? "hostile");
        var name = "hostile-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        using var created = await SendAsync(HttpMethod.Post, "/2015-03-31/functions", "lambda", JsonSerializer.Serialize(new
        {
            FunctionName = name,
            Runtime = "python3.11",
            Handler = "hostile.handler",
            Role = $"arn:aws:iam::{Account}:role/{role ?? "hostile"}",
            MemorySize = memory,
            Timeout = timeout,
            Code = new { ZipFile = Package.Value },
            Environment = new { Variables = variables ?? new Dictionary<string, string>() },
        }));
        Assert.True(created.StatusCode == HttpStatusCode.Created, await created.Content.ReadAsStringAsync());
        await Until.TrueAsync(async () => (await GetAsync(name))["State"]?.ToString() == "Active", $"{name} did not become active");
        return new HostileFunction(this, name);
    }

    internal async Task<JsonNode> GetAsync(string name)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/2015-03-31/functions/{name}/configuration", "lambda", null);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    internal async Task DeleteAsync(string name)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"/2015-03-31/functions/{name}", "lambda", null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    internal async Task<Answer> InvokeAsync(string name, string part, object? more)
    {
        var payload = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        payload["part"] = part;
        var started = Stopwatch.GetTimestamp();
        using var response = await SendAsync(HttpMethod.Post, $"/2015-03-31/functions/{name}/invocations", "lambda", payload.ToJsonString(), ("X-Amz-Log-Type", "Tail"));
        var text = await response.Content.ReadAsStringAsync();
        return new Answer(
            (int)response.StatusCode,
            response.Headers.TryGetValues("X-Amz-Function-Error", out var error) ? error.Single() : null,
            text.Length == 0 ? null : JsonNode.Parse(text),
            response.Headers.TryGetValues("X-Amz-Log-Result", out var log) ? Encoding.UTF8.GetString(Convert.FromBase64String(log.Single())) : "",
            Stopwatch.GetElapsedTime(started));
    }

    /// <summary>All messages of a function's log that contain a text.</summary>
    internal async Task<IReadOnlyList<string>> LogAsync(string name, string text)
    {
        List<string> found = [];
        string? token = null;
        do
        {
            using var response = await SendAsync(
                HttpMethod.Post,
                "/",
                "logs",
                JsonSerializer.Serialize(new { logGroupName = "/aws/lambda/" + name, filterPattern = $"\"{text}\"", nextToken = token }, LeaveOutNull),
                ("X-Amz-Target", "Logs_20140328.FilterLogEvents"));
            var page = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if (page["__type"]?.ToString().EndsWith("ResourceNotFoundException", StringComparison.Ordinal) ?? false)
            {
                return []; // the group comes with the first line
            }

            Assert.True(response.IsSuccessStatusCode, page.ToJsonString());
            found.AddRange(page["events"]!.AsArray().Select(one => one!["message"]!.ToString()));
            token = page["nextToken"]?.ToString();
        }
        while (token is not null);
        return found;
    }

    private async Task EnsureRoleAsync(string role)
    {
        await _makingRoles.WaitAsync();
        try
        {
            if (!_roles.Add(role))
            {
                return;
            }

            const string trust = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["Action"] = "CreateRole",
                ["Version"] = "2010-05-08",
                ["RoleName"] = role,
                ["AssumeRolePolicyDocument"] = trust,
            });
            using var request = Request(HttpMethod.Post, "/", "iam");
            request.Content = form;
            using var response = await _http.SendAsync(request);
            // It is there already where the region stands on a folder of before.
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, await response.Content.ReadAsStringAsync());
        }
        finally
        {
            _makingRoles.Release();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string service, string? body, params (string Name, string Value)[] headers)
    {
        using var request = Request(method, path, service);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.Add("Content-Type", service == "logs" ? "application/x-amz-json-1.1" : "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await _http.SendAsync(request);
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string service)
    {
        var request = new HttpRequestMessage(method, path);
        var now = TimeProvider.System.GetUtcNow();
        var day = now.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"AWS4-HMAC-SHA256 Credential={Account}/{day}/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00");
        request.Headers.Add("X-Amz-Date", now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        return request;
    }

    public void Dispose()
    {
        _http.Dispose();
        _makingRoles.Dispose();
    }
}

/// <summary>What an invocation gave.</summary>
internal sealed record Answer(int Status, string? FunctionError, JsonNode? Payload, string Log, TimeSpan Elapsed)
{
    /// <summary>The payload of a call that must have gone well.</summary>
    internal JsonNode Ok => Status == 200 && FunctionError is null && Payload is not null ? Payload : throw new InvalidOperationException(ToString());

    /// <summary>The payload as a map from names to texts.</summary>
    internal Dictionary<string, string> Map => Ok.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value!.ToString());

    public override string ToString() => $"{Status} {FunctionError} {Payload?.ToJsonString()} after {Elapsed.TotalMilliseconds:F0} ms\n{Log}";
}

/// <summary>A deployed function of <c>hostile.py</c>.</summary>
internal sealed record HostileFunction(LambdaCaller Caller, string Name)
{
    internal Task<Answer> InvokeAsync(string part, object? more = null) => Caller.InvokeAsync(Name, part, more);

    internal Task DeleteAsync() => Caller.DeleteAsync(Name);

    /// <summary>Its processes, as the host numbers them.</summary>
    internal IReadOnlyList<int> Processes() => HostView.ProcessesWith($"AWS_LAMBDA_FUNCTION_NAME={Name}");
}
