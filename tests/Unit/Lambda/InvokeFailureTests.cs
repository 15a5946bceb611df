using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Fogbank.Engines;
using Fogbank.Services.Lambda;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class InvokeFailureTests
{
    [Fact]
    public async Task A_handlers_error_is_Unhandled_and_its_body_untouched()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = async runtime =>
        {
            while (true)
            {
                var item = await runtime.NextAsync();
                await runtime.PostAsync($"invocation/{item.RequestId}/error", """{"errorMessage":"no","errorType":"E"}"""u8.ToArray(), "E");
            }
        };
        await region.CreateAsync("f");
        var (payload, response) = await region.InvokeAsync("f");
        Assert.Equal(("""{"errorMessage":"no","errorType":"E"}""", "Unhandled", 200), (payload, response.FunctionError, response.StatusCode));
        await region.InvokeAsync("f");
        Assert.Single(region.Engine.Started);
    }

    [Fact]
    public async Task A_timeout_is_never_early_and_ends_the_environment()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = runtime => runtime.ServeAsync(async item =>
        {
            await Task.Delay(Timeout.Infinite, runtime.End);
            return "";
        });
        await region.CreateAsync("f", timeout: 1);
        var watch = Stopwatch.StartNew();
        var (payload, response) = await region.InvokeAsync("f");
        var elapsed = watch.Elapsed;
        Assert.Equal("Unhandled", response.FunctionError);
        using var error = JsonDocument.Parse(payload);
        Assert.Equal("Sandbox.Timedout", error.RootElement.GetProperty("errorType").GetString());
        Assert.Matches("^RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds$", error.RootElement.GetProperty("errorMessage").GetString());
        Assert.True(elapsed >= TimeSpan.FromSeconds(1), $"early: {elapsed}");
        await region.UntilLoggedAsync("Task timed out after 1.00 seconds");
        await region.UntilLoggedAsync("Status: timeout");
        await LambdaRegion.UntilAsync(() => region.Engine.Started[0].IsDisposed, () => "the environment's end");
    }

    [Theory]
    [InlineData(0, "Runtime exited without providing a reason")]
    [InlineData(127, "Runtime exited with error: exit status 127")]
    public async Task An_exit_without_an_answer_is_ExitError(int code, string text)
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = async runtime =>
        {
            await runtime.NextAsync();
            return code;
        };
        await region.CreateAsync("f");
        var (payload, response) = await region.InvokeAsync("f");
        using var error = JsonDocument.Parse(payload);
        Assert.Equal("Runtime.ExitError", error.RootElement.GetProperty("errorType").GetString());
        Assert.EndsWith($"Error: {text}", error.RootElement.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal("Unhandled", response.FunctionError);
        await region.UntilLoggedAsync("Status: error\tError Type: Runtime.ExitError");
    }

    [Fact]
    public async Task Out_of_memory_is_a_killed_runtime()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = async runtime =>
        {
            await runtime.NextAsync();
            runtime.Workload.End(new() { Signal = 9, OutOfMemory = true });
            await Task.Delay(Timeout.Infinite, runtime.End);
            return 0;
        };
        await region.CreateAsync("f");
        var (payload, _) = await region.InvokeAsync("f");
        Assert.Contains("Runtime exited with error: signal: killed", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_over_the_limit_is_an_error_and_the_environment_lives_on()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = async runtime =>
        {
            while (true)
            {
                var item = await runtime.NextAsync();
                var body = item.Payload == "1" ? new byte[7_000_000] : new byte[6_291_556];
                Array.Fill(body, (byte)'1');
                await runtime.PostAsync($"invocation/{item.RequestId}/response", body);
            }
        };
        await region.CreateAsync("f");
        var (payload, response) = await region.InvokeAsync("f", "1");
        Assert.Equal("""{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}""", payload);
        Assert.Equal("Unhandled", response.FunctionError);
        Assert.Equal(6_291_556, (await region.InvokeAsync("f", "2")).Payload.Length);
        Assert.False(region.Engine.Started[0].Exit.IsCompleted);
    }

    [Fact]
    public async Task A_second_answer_is_refused_and_so_is_a_wrong_id()
    {
        await using var region = await LambdaRegion.StartAsync();
        var seen = new TaskCompletionSource<(int, string)[]>();
        region.Engine.Script = async runtime =>
        {
            var item = await runtime.NextAsync();
            var wrong = await runtime.RespondAsync("00000000-0000-0000-0000-000000000000", "1");
            var first = await runtime.RespondAsync(item.RequestId, "1");
            var second = await runtime.RespondAsync(item.RequestId, "2");
            seen.SetResult([wrong, first, second]);
            return await FakeRuntime.EchoAsync(runtime);
        };
        await region.CreateAsync("f");
        Assert.Equal("1", (await region.InvokeAsync("f")).Payload);
        var answers = await seen.Task;
        Assert.Equal([400, 202, 403], answers.Select(answer => answer.Item1));
        Assert.Contains("InvalidRequestID", answers[0].Item2, StringComparison.Ordinal);
        Assert.Contains("InvalidStateTransition", answers[2].Item2, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_initialisation_is_tried_again_in_the_invocation_and_then_its_error()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = async runtime =>
        {
            await runtime.PostAsync("init/error", """{"errorMessage":"boot","errorType":"Exception","requestId":""}"""u8.ToArray(), "Exception");
            return 1;
        };
        await region.CreateAsync("f");
        var (payload, response) = await region.InvokeAsync("f", logType: "Tail");
        Assert.Equal(("""{"errorMessage":"boot","errorType":"Exception","requestId":""}""", "Unhandled"), (payload, response.FunctionError));
        Assert.Equal(2, region.Engine.Started.Count);
        await region.UntilLoggedAsync("Phase: init\tStatus: error\tError Type: Exception");
        await region.UntilLoggedAsync("Phase: invoke\tStatus: error");
        Assert.Matches(@"\AINIT_REPORT .*Phase: invoke.*\nSTART ", Encoding.UTF8.GetString(Convert.FromBase64String(response.LogResult!)));
    }

    [Fact]
    public async Task A_function_that_never_gets_ready_does_not_gather_the_events_it_was_called_with()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = static _ => Task.FromResult(1);
        await region.CreateAsync("f");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => region.InvokeAsync("f")));
        await LambdaRegion.UntilAsync(() => region.Pools.WaitingCount == 0, () => $"nobody waiting; {region.Pools.WaitingCount} do");
    }

    [Fact]
    public async Task Initialisation_that_takes_too_long_goes_on_under_the_functions_timeout()
    {
        await using var region = await LambdaRegion.StartAsync(new LambdaOptions { InitTimeout = TimeSpan.FromMilliseconds(100) });
        region.Engine.Script = async runtime =>
        {
            await Task.Delay(Timeout.Infinite, runtime.End);
            return 0;
        };
        await region.CreateAsync("f", timeout: 1);
        var watch = Stopwatch.StartNew();
        var (payload, _) = await region.InvokeAsync("f");
        Assert.Contains("Task timed out after 1.00 seconds", payload, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 1.1, 5);
    }

    [Fact]
    public async Task A_missing_bootstrap_is_InvalidEntrypoint()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        region.Engine.NextStartFails = new(EngineErrorKind.CommandNotExecutable, "no such file");
        var (payload, response) = await region.InvokeAsync("f");
        Assert.Contains("Runtime.InvalidEntrypoint", payload, StringComparison.Ordinal);
        Assert.Contains("/var/task/bootstrap", payload, StringComparison.Ordinal);
        Assert.Equal("Unhandled", response.FunctionError);
    }
}
