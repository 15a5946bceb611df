using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Fogbank.Tests.Unit.Runtimes;

public sealed partial class PythonRuntimeTests : RuntimeClientConformance
{
    private protected override string[] Command { get; } = ["/usr/bin/python3", "-S", "-P", Path.Combine(Root, "runtimes/python/bootstrap.py")];

    private protected override string TaskRoot { get; } = Path.Combine(Root, "tests/Unit/Runtimes/functions/python");

    private protected override string FrameOfFail => "app.py\", line 10, in fail\n    raise TypeError(\"boom ž\")\n";

    private protected override string Name(string handler) => handler switch
    {
        "Context" => "app.show",
        "Broken" => "broken.handler",
        _ => "app." + handler.ToLowerInvariant(),
    };

    [Theory]
    [InlineData("missing.handler", "Runtime.ImportModuleError", "Unable to import module 'missing': No module named 'no_such_module'")]
    [InlineData("nowhere.handler", "Runtime.ImportModuleError", "Unable to import module 'nowhere': No module named 'nowhere'")]
    [InlineData("app.nothing", "Runtime.HandlerNotFound", "Handler 'nothing' missing on module 'app'")]
    [InlineData("handler", "Runtime.MalformedHandlerName", "Bad handler 'handler': not enough values to unpack (expected 2, got 1)")]
    [InlineData("sys.exit", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module")]
    [InlineData("syntax.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'syntax': '[' was never closed (syntax.py, line 2)")]
    public async Task A_handler_that_cannot_be_loaded_is_named_as_AWS_names_it(string handler, string type, string message)
    {
        await using var process = StartNamed(handler);

        var outcome = await Api.OutcomeAsync(Cancellation);
        var (status, lines) = await process.ExitAsync(Cancellation);

        Assert.Equal("init/error", outcome.Kind);
        Assert.Equal((type, message, ""), (outcome.ErrorType, (string?)outcome.Json!["errorMessage"], (string?)outcome.Json["requestId"]));
        Assert.Equal(1, status);
        Assert.StartsWith($"[ERROR] {type}: {message}\rTraceback (most recent call last):", lines[^1]);
    }

    [Theory]
    [InlineData("pkg/inner.handler")]
    [InlineData("pkg.inner.handler")]
    public async Task Handlers_in_packages_are_found(string handler)
    {
        await using var process = StartNamed(handler);

        Assert.Equal("\"pkg.inner\"", (await Api.InvokeAsync("{}"u8.ToArray(), Cancellation)).Text);
    }

    [Fact]
    public async Task What_has_no_JSON_form_is_a_MarshalError()
    {
        await using var process = StartNamed("app.unserializable");

        var outcome = await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);

        Assert.Equal(("error", "Runtime.MarshalError"), (outcome.Kind, outcome.ErrorType));
        Assert.Equal("""{"errorMessage": "Unable to marshal response: Object of type set is not JSON serializable", "errorType": "Runtime.MarshalError", "requestId": "request-1", "stackTrace": []}""", outcome.Text);
    }

    [Theory]
    [InlineData("AWS_Lambda_python3.12", """{"exact": 0.10000000000000000000000001, "text": "ž", "again": [5]}""")]
    [InlineData("AWS_Lambda_python3.11", """{"exact": 0.10000000000000000000000001, "text": "\u017e", "again": [5]}""")]
    public async Task Decimals_keep_their_digits_and_old_runtimes_escape(string runtime, string expected)
    {
        await using var process = StartNamed("app.numbers", new() { ["AWS_EXECUTION_ENV"] = runtime });

        Assert.Equal(expected, (await Api.InvokeAsync("{}"u8.ToArray(), Cancellation)).Text);
    }

    [Fact]
    public async Task A_body_that_is_not_JSON_is_an_UnmarshalError()
    {
        await using var process = Start("Echo");

        var outcome = await Api.InvokeAsync("{\"a\": nope}"u8.ToArray(), Cancellation);

        Assert.Equal(("error", "Runtime.UnmarshalError"), (outcome.Kind, outcome.ErrorType));
        Assert.StartsWith("Unable to unmarshal input: Expecting value", (string?)outcome.Json!["errorMessage"]);
        Assert.Equal("[1]", (await Api.InvokeAsync(" [1] "u8.ToArray(), Cancellation)).Text);
    }

    [Fact]
    public async Task Leaving_the_process_loses_no_output()
    {
        await using var process = StartNamed("app.leave");

        var invocation = Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
        var (status, lines) = await process.ExitAsync(Cancellation);

        Assert.Equal(3, status);
        Assert.Equal(["leaving"], lines);
        Assert.False(invocation.IsCompleted);
    }

    [Fact]
    public async Task Log_records_have_AWSs_form()
    {
        await using var process = StartNamed("app.log");

        await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
        var lines = await process.StopAsync(Cancellation);

        Assert.Equal(3, lines.Length);
        Assert.Equal("printed", lines[0]);
        Assert.Matches(Warning(), lines[1]);
        Assert.Contains("\trequest-1\tcaught\rTraceback (most recent call last):\r", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_records_are_objects_where_JSON_is_wanted()
    {
        await using var process = StartNamed("app.log", new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "INFO" });

        await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
        var records = (await process.StopAsync(Cancellation))[1..].Select(line => JsonNode.Parse(line)!).ToArray();

        Assert.Equal(["two\nlines", "not shown by default", "caught"], records.Select(record => (string?)record["message"]));
        Assert.Equal(["WARNING", "INFO", "ERROR"], records.Select(record => (string?)record["level"]));
        Assert.All(records, record => Assert.Equal("request-1", (string?)record["requestId"]));
        Assert.Equal(("ValueError", "inside", 7), ((string?)records[2]["errorType"], (string?)records[2]["errorMessage"], (int?)records[2]["order"]));
    }

    [GeneratedRegex(@"^\[WARNING\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,3}Z\trequest-1\ttwo\rlines$")]
    private static partial Regex Warning();
}
