using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Fogbank.Tests.Unit.Runtimes;

/// <summary>
/// What every runtime client must do. A language gives its command and a function with the handlers <c>Echo</c> (the event back),
/// <c>Fail</c> (throws its own error type, "boom"), <c>Context</c> (what the context says), and a module that fails as it loads.
/// </summary>
public abstract class RuntimeClientConformance : IAsyncLifetime
{
    private FakeRuntimeApi? _api;

    private protected FakeRuntimeApi Api => _api!;

    private protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected static string Root { get; } = FindRoot();

    private protected abstract string[] Command { get; }

    private protected abstract string TaskRoot { get; }

    /// <summary>The language's own name of a handler.</summary>
    private protected abstract string Name(string handler);

    private protected virtual string FrameOfFail => "ail";

    private protected virtual string ErrorTypeOfFail => "TypeError";

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists(Command[0]), $"{Command[0]} is not installed");
        _api = await FakeRuntimeApi.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Many_events_travel_over_one_connection()
    {
        await using var process = Start("Echo");

        for (var i = 0; i < 20; i++)
        {
            var outcome = await Api.InvokeAsync(Encoding.UTF8.GetBytes($$"""{"number": {{i}}, "nested": [1.5, null, true]}"""), Cancellation);
            Assert.Equal("response", outcome.Kind);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse($$"""{"number": {{i}}, "nested": [1.5, null, true]}"""), outcome.Json), outcome.Text);
        }

        Assert.Equal(1, Api.Connections);
    }

    [Fact]
    public async Task Text_of_every_script_comes_back()
    {
        await using var process = Start("Echo");

        var outcome = await Api.InvokeAsync("""{"text": "žluťoučký 日本 𝄞 \"\\\u0000"}"""u8.ToArray(), Cancellation);

        Assert.Equal("žluťoučký 日本 𝄞 \"\\\0", (string?)outcome.Json!["text"]);
    }

    [Fact]
    public async Task Six_megabytes_come_back_whole_and_the_next_event_after_them()
    {
        await using var process = Start("Echo");
        var text = string.Concat(Enumerable.Range(0, 750_000).Select(number => $"{number % 100_000_000:D8}"));

        for (var i = 0; i < 2; i++)
        {
            var big = await Api.InvokeAsync(Encoding.UTF8.GetBytes($$"""{"text": "{{text}}"}"""), Cancellation);
            Assert.Equal(text, (string?)big.Json!["text"]);
        }

        var small = await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
        Assert.Equal("{}", small.Text);
    }

    [Fact]
    public async Task A_refused_answer_does_not_end_the_client()
    {
        Api.RefuseBeyond = 1_000_000;
        await using var process = Start("Echo");

        var refused = await Api.InvokeAsync(Encoding.UTF8.GetBytes($$"""{"text": "{{new string('x', 2_000_000)}}"}"""), Cancellation);
        Assert.Equal("refused", refused.Kind);

        Api.RefuseBeyond = null;
        var next = await Api.InvokeAsync("""{"ok": true}"""u8.ToArray(), Cancellation);
        Assert.True((bool?)next.Json!["ok"]);
    }

    [Fact]
    public async Task An_error_of_the_handler_is_reported_and_the_next_event_is_served()
    {
        await using var process = Start("Fail");

        for (var i = 0; i < 2; i++)
        {
            var outcome = await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
            Assert.Equal("error", outcome.Kind);
            Assert.Equal(ErrorTypeOfFail, outcome.ErrorType);
            Assert.Equal(ErrorTypeOfFail, (string?)outcome.Json!["errorType"]);
            Assert.Equal("boom ž", (string?)outcome.Json["errorMessage"]);
            var trace = (outcome.Json["stackTrace"] ?? outcome.Json["trace"])!.AsArray();
            Assert.Contains(trace, line => ((string)line!).Contains(FrameOfFail, StringComparison.Ordinal));
        }

        Assert.Contains(await process.StopAsync(Cancellation), line => line.Contains("boom ž", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_error_while_loading_is_an_init_error_and_ends_the_process()
    {
        await using var process = Start("Broken");

        var outcome = await Api.OutcomeAsync(Cancellation);
        var (status, lines) = await process.ExitAsync(Cancellation);

        Assert.Equal("init/error", outcome.Kind);
        Assert.Equal(ErrorTypeOfFail, outcome.ErrorType);
        Assert.Equal("no start", (string?)outcome.Json!["errorMessage"]);
        Assert.Equal(1, status);
        Assert.Contains(lines, line => line.Contains("no start", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_context_is_complete()
    {
        await using var process = Start("Context");

        var outcome = await Api.InvokeAsync("{}"u8.ToArray(), Cancellation, new()
        {
            ["Lambda-Runtime-Trace-Id"] = "Root=1-2-3;Sampled=1",
            ["Lambda-Runtime-Client-Context"] = """{"custom":{"colour":"blue"},"env":{"a":"b"},"client":{"app_title":"Title"}}""",
            ["Lambda-Runtime-Cognito-Identity"] = """{"cognitoIdentityId":"id-1","cognitoIdentityPoolId":"pool-1"}""",
            ["Lambda-Runtime-Aws-Tenant-Id"] = "tenant-1",
        });

        var context = outcome.Json!.AsObject();
        var remaining = context["remaining"]!.GetValue<double>();
        context.Remove("remaining");
        Assert.InRange(remaining, 20_000, 60_000);
        Assert.True(
            JsonNode.DeepEquals(context, JsonNode.Parse("""
                {
                  "id": "request-1", "name": "sample", "version": "$LATEST", "memory": "128",
                  "arn": "arn:aws:lambda:us-east-1:000000000000:function:sample",
                  "group": "/aws/lambda/sample", "stream": "2026/11/24/[$LATEST]0123",
                  "trace": "Root=1-2-3;Sampled=1", "colour": "blue", "title": "Title", "identity": "id-1", "tenant": "tenant-1"
                }
                """)),
            outcome.Text);
    }

    private protected RuntimeProcess Start(string handler, Dictionary<string, string>? environment = null) =>
        StartNamed(Name(handler), environment);

    private protected RuntimeProcess StartNamed(string handler, Dictionary<string, string>? environment = null) =>
        RuntimeProcess.Start(Command, TaskRoot, handler, Api.Address, environment ?? []);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Fogbank.slnx")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No Fogbank.slnx above the tests.");
        }

        return folder.FullName;
    }
}
