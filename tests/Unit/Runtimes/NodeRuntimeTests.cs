using System.Text.Json.Nodes;
using Xunit;

namespace Fogbank.Tests.Unit.Runtimes;

public sealed class NodeRuntimeTests : RuntimeClientConformance
{
    private protected override string[] Command { get; } = ["/usr/bin/node", Path.Combine(Root, "runtimes/node/bootstrap.cjs")];

    private protected override string TaskRoot { get; } = Path.Combine(Root, "tests/Unit/Runtimes/functions/node");

    private protected override string FrameOfFail => "functions/node/app.js:8:9)";

    private protected override string Name(string handler) => handler switch
    {
        "Context" => "app.show",
        "Broken" => "broken.handler",
        _ => "app." + handler.ToLowerInvariant(),
    };

    [Theory]
    [InlineData("missing.handler", "Runtime.ImportModuleError", "Error: Cannot find module 'no-such-module'\nRequire stack:\n")]
    [InlineData("nowhere.handler", "Runtime.ImportModuleError", "Error: Cannot find module 'nowhere'\nRequire stack:\n")]
    [InlineData("app.nothing", "Runtime.HandlerNotFound", "app.nothing is undefined or not exported")]
    [InlineData("app.notFunction", "Runtime.HandlerNotFound", "app.notFunction is not a function")]
    [InlineData("handler", "Runtime.MalformedHandlerName", "Bad handler")]
    [InlineData("../app.echo", "Runtime.MalformedHandlerName", "'../app.echo' is not a valid handler name. Use absolute paths when specifying root directories in handler names.")]
    [InlineData("syntax.handler", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected end of input")]
    public async Task A_handler_that_cannot_be_loaded_is_named_as_AWS_names_it(string handler, string type, string message)
    {
        await using var process = StartNamed(handler);

        var outcome = await Api.OutcomeAsync(Cancellation);
        var (status, lines) = await process.ExitAsync(Cancellation);

        Assert.Equal(("init/error", type), (outcome.Kind, outcome.ErrorType));
        Assert.StartsWith(message, (string?)outcome.Json!["errorMessage"]);
        Assert.StartsWith($"{type}: ", (string?)outcome.Json["trace"]![0]);
        Assert.Equal(1, status);
        Assert.Contains("\tundefined\tERROR\tUncaught Exception \t{\"errorType\":\"" + type, lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("module.handler", "\"inner\"")]
    [InlineData("folder/inner.handler", "\"inner\"")]
    [InlineData("typed/index.handler", "\"typed\"")]
    [InlineData("app.nested.deep", "\"deep\"")]
    [InlineData("app.succeed", "\"succeeded\"")]
    [InlineData("app.sync", "null")]
    [InlineData("app.never", "null")]
    [InlineData("app.stream", "one two")]
    public async Task Every_form_of_handler_answers_again_and_again(string handler, string expected)
    {
        await using var process = StartNamed(handler);

        for (var i = 0; i < 3; i++)
        {
            var outcome = await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
            Assert.Equal(("response", expected), (outcome.Kind, outcome.Text));
        }

        Assert.Equal(1, Api.Connections);
    }

    [Fact]
    public async Task A_callback_waits_for_the_event_loop_unless_told_not_to()
    {
        await using var process = StartNamed("app.callback");

        Assert.Equal("\"after the timer\"", (await Api.InvokeAsync("{\"waits\": true}"u8.ToArray(), Cancellation)).Text);
        Assert.Equal("\"not yet\"", (await Api.InvokeAsync("{\"waits\": false}"u8.ToArray(), Cancellation)).Text);
    }

    [Theory]
    [InlineData("app.callbackError", "string", "a text")]
    [InlineData("app.throws", "RangeError", "thrown")]
    [InlineData("app.circular", "Error", "Unable to stringify response body")]
    public async Task Errors_of_every_form_are_reported(string handler, string type, string message)
    {
        await using var process = StartNamed(handler);

        var outcome = await Api.InvokeAsync("{\"text\": \"a text\"}"u8.ToArray(), Cancellation);

        Assert.Equal(("error", type, message), (outcome.Kind, outcome.ErrorType, (string?)outcome.Json!["errorMessage"]));
    }

    [Theory]
    [InlineData("app.reject", 128, "Runtime.UnhandledPromiseRejection", "Error: left alone", "Unhandled Promise Rejection")]
    [InlineData("app.uncaught", 129, "Error", "in a timer", "Uncaught Exception")]
    public async Task What_nobody_catches_fails_the_invocation_and_ends_the_process(string handler, int status, string type, string message, string title)
    {
        await using var process = StartNamed(handler);

        var outcome = await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
        var (exit, lines) = await process.ExitAsync(Cancellation);

        Assert.Equal(("error", type, message), (outcome.Kind, outcome.ErrorType, (string?)outcome.Json!["errorMessage"]));
        Assert.Equal(status, exit);
        Assert.Contains($"\trequest-1\tERROR\t{title} \t", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gathered_HTTP_stream_is_an_HTTP_answer()
    {
        await using var process = StartNamed("app.stream");

        var outcome = await Api.InvokeAsync("{\"http\": true}"u8.ToArray(), Cancellation);

        Assert.Equal((201, "b", "b25lIHR3bw=="), ((int?)outcome.Json!["statusCode"], (string?)outcome.Json["headers"]!["a"], (string?)outcome.Json["body"]));
    }

    [Fact]
    public async Task Log_records_have_AWSs_form()
    {
        await using var process = StartNamed("app.log");

        await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
        var lines = await process.StopAsync(Cancellation);

        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\trequest-1\tINFO\ttwo\rlines 5$", lines[0]);
        Assert.EndsWith("Z\trequest-1\tDEBUG\t{ a: 1 }", lines[1]);
        Assert.Contains("\tERROR\tbad Error: inside\r    at ", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_records_are_objects_of_the_wanted_level_where_JSON_is_wanted()
    {
        await using var process = StartNamed("app.log", new() { ["AWS_LAMBDA_LOG_FORMAT"] = "JSON", ["AWS_LAMBDA_LOG_LEVEL"] = "INFO" });

        await Api.InvokeAsync("{}"u8.ToArray(), Cancellation);
        var records = (await process.StopAsync(Cancellation)).Select(line => JsonNode.Parse(line)!).ToArray();

        Assert.Equal(["INFO", "ERROR"], records.Select(record => (string?)record["level"]));
        Assert.Equal("two\nlines 5", (string?)records[0]["message"]);
        Assert.Equal(("Error", "inside", "request-1"), ((string?)records[1]["errorType"], (string?)records[1]["errorMessage"], (string?)records[1]["requestId"]));
    }
}
