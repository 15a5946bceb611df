using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Lambda;

/// <summary>A test with functions.</summary>
public abstract class LambdaTest(SharedRegion region) : ClientTest(region)
{
    internal const string TrustPolicy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private int _functions;
    private string? _role;

    /// <summary>A role that functions of this test may have.</summary>
    internal async Task<string> RoleAsync() => _role ??= (await BotoAsync(
        "iam", "create_role", new { RoleName = "function", AssumeRolePolicyDocument = TrustPolicy }))["Role"]!["Arn"]!.GetValue<string>();

    /// <summary>Creates a function and waits until it is active.</summary>
    /// <returns>Its name.</returns>
    internal async Task<string> CreateAsync(
        string runtime, string handler, byte[] zip, int timeout = 10, int memory = 256, object? variables = null, object? more = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"f{Interlocked.Increment(ref _functions)}");
        var role = await RoleAsync();
        await BotoAsync("lambda", "create_function", new
        {
            FunctionName = name,
            Runtime = runtime,
            Handler = handler,
            Role = role,
            Timeout = timeout,
            MemorySize = memory,
            Environment = variables is null ? null : new { Variables = variables },
            Code = new { ZipFile = zip },
        });
        await BotoAsync("lambda", "wait:function_active_v2", new { FunctionName = name });
        return name;
    }

    internal Task<string> CreatePythonAsync(string source, int timeout = 10, int memory = 256, object? variables = null) =>
        CreateAsync("python3.12", "app.handler", Zip.Of(("app.py", source)), timeout, memory, variables);

    internal async Task<Invoked> InvokeAsync(string name, string payload = "{}", string type = "RequestResponse", string log = "Tail")
    {
        var answer = await BotoAsync("lambda", "invoke", new
        {
            FunctionName = name,
            InvocationType = type,
            LogType = log,
            Payload = Encoding.UTF8.GetBytes(payload),
        });
        return new Invoked(
            answer["StatusCode"]!.GetValue<int>(),
            answer["FunctionError"]?.GetValue<string>(),
            Bytes(answer["Payload"]),
            answer["LogResult"] is { } tail ? Encoding.UTF8.GetString(Convert.FromBase64String(tail.GetValue<string>())) : "",
            answer["ExecutedVersion"]?.GetValue<string>());
    }

    /// <summary>All messages of a function's log group, oldest first; empty while there is no group.</summary>
    internal async Task<IReadOnlyList<string>> LogAsync(string function)
    {
        try
        {
            var pages = await BotoAsync("logs", "page:filter_log_events", new { logGroupName = $"/aws/lambda/{function}" });
            return [.. pages.AsArray().SelectMany(page => page!["events"]!.AsArray()).Select(item => item!["message"]!.GetValue<string>())];
        }
        catch (ClientException fault) when (fault.Code == "ResourceNotFoundException")
        {
            return [];
        }
    }

    internal async Task<IReadOnlyList<string>> WaitForLogAsync(string function, string text)
    {
        IReadOnlyList<string> lines = [];
        return await Eventually.GetAsync(
            $"\"{text}\" in the log of {function}",
            async () => (lines = await LogAsync(function)).Any(line => line.Contains(text, StringComparison.Ordinal)) ? lines : null,
            () => string.Join('\n', lines));
    }

    internal static string Bytes(JsonNode? value) => value?["$bytes"] is { } bytes ? Encoding.UTF8.GetString(Convert.FromBase64String(bytes.GetValue<string>())) : "";
}

/// <summary>What an invocation gave.</summary>
internal sealed record Invoked(int Status, string? Error, string Payload, string Log, string? Version)
{
    public JsonNode Json => JsonNode.Parse(Payload)!;

    public void AssertSucceeded() => Assert.True(Error is null, $"{Error}: {Payload}\n{Log}");
}
