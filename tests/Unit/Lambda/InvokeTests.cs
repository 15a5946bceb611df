using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Fogbank.Contracts.Lambda;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Lambda;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class InvokeTests
{
    [Fact]
    public async Task An_event_reaches_the_runtime_and_its_answer_comes_back()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var (payload, response) = await region.InvokeAsync("f", """{"a":1}""");
        Assert.Equal("""{"a":1}""", payload);
        Assert.Equal((200, "$LATEST", null), (response.StatusCode, response.ExecutedVersion, response.FunctionError));
    }

    [Fact]
    public async Task Over_the_wire_the_request_id_is_the_one_of_the_log()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        using var content = new StringContent("""{"x":"y"}""");
        using var answer = await region.Http.PostAsync("/2015-03-31/functions/f/invocations", content, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, """{"x":"y"}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("$LATEST", answer.Headers.GetValues("X-Amz-Executed-Version").Single());
        await region.UntilLoggedAsync($"REPORT RequestId: {answer.Headers.GetValues("x-amzn-RequestId").Single()}");
    }

    [Fact]
    public async Task A_warm_environment_is_used_again_and_the_newest_first()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        for (var i = 0; i < 20; i++)
        {
            await region.InvokeAsync("f");
        }

        Assert.Single(region.Engine.Started);
    }

    [Fact]
    public async Task Events_at_once_run_side_by_side_each_in_an_environment_of_its_own()
    {
        await using var region = await LambdaRegion.StartAsync();
        using var all = new CountdownEvent(8);
        region.Engine.Script = runtime => runtime.ServeAsync(async item =>
        {
            all.Signal();
            await Task.Run(() => all.Wait(TimeSpan.FromSeconds(10)));
            return item.Payload;
        });
        await region.CreateAsync("f", timeout: 20);
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => region.InvokeAsync("f", $"{i}")));
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), results.Select(result => result.Payload).Order());
        Assert.Equal(8, region.Engine.Started.Count);
    }

    [Fact]
    public async Task The_runtime_sees_what_AWS_sends()
    {
        await using var region = await LambdaRegion.StartAsync();
        FakeEvent? seen = null;
        region.Engine.Script = runtime => runtime.ServeAsync(item =>
        {
            seen = item;
            return Task.FromResult("null");
        });
        await region.CreateAsync("f", timeout: 5);
        var before = TimeProvider.System.GetUtcNow();
        await region.SendAsync(new InvokeRequest
        {
            FunctionName = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST",
            ClientContext = Convert.ToBase64String("""{"custom":{"k":"ü"}}"""u8),
        });
        Assert.Equal("{}", seen!.Payload);
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST", seen.Header("Lambda-Runtime-Invoked-Function-Arn"));
        Assert.Equal("""{"custom":{"k":"\u00fc"}}""", seen.Header("Lambda-Runtime-Client-Context"));
        Assert.StartsWith("Root=1-", seen.Header("Lambda-Runtime-Trace-Id"), StringComparison.Ordinal);
        var deadline = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(seen.Header("Lambda-Runtime-Deadline-Ms"), null));
        Assert.InRange((deadline - before).TotalSeconds, 4.9, 8);
    }

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
        var (payload, response) = await region.InvokeAsync("f");
        Assert.Equal(("""{"errorMessage":"boot","errorType":"Exception","requestId":""}""", "Unhandled"), (payload, response.FunctionError));
        Assert.Equal(2, region.Engine.Started.Count);
        await region.UntilLoggedAsync("Phase: init\tStatus: error\tError Type: Exception");
        await region.UntilLoggedAsync("Phase: invoke\tStatus: error");
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
    public async Task An_environment_that_dies_between_events_costs_the_next_event_nothing()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.InvokeAsync("f");
        region.Engine.Started[0].End(new() { ExitCode = 1 });
        Assert.Equal("7", (await region.InvokeAsync("f", "7")).Payload);
        Assert.Equal(2, region.Engine.Started.Count);
    }

    [Fact]
    public async Task A_runtime_that_lingers_after_its_answer_does_not_hold_up_the_next_event()
    {
        await using var region = await LambdaRegion.StartAsync();
        var first = true;
        var go = new TaskCompletionSource();
        region.Engine.Script = async runtime =>
        {
            var lingers = first;
            first = false;
            while (true)
            {
                var item = await runtime.NextAsync();
                await runtime.RespondAsync(item.RequestId, lingers ? "\"slow\"" : "\"quick\"");
                if (lingers)
                {
                    lingers = false;
                    await go.Task;
                }
            }
        };
        await region.CreateAsync("f");
        Assert.Equal("\"slow\"", (await region.InvokeAsync("f")).Payload);
        Assert.Equal("\"quick\"", (await region.InvokeAsync("f")).Payload);
        go.SetResult();
        await LambdaRegion.UntilAsync(() => region.Engine.Started.Count == 2, () => "two environments");
    }

    [Fact]
    public async Task A_closed_function_stops_its_idle_environments_and_serves_new_code()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.InvokeAsync("f");
        await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip(text: "other") });
        await region.UntilActiveAsync("f");
        await LambdaRegion.UntilAsync(() => region.Engine.Started[0].IsDisposed, () => "the old environment's end");
        await region.InvokeAsync("f");
        Assert.Equal(2, region.Engine.Started.Count);
        Assert.NotEqual(
            region.Engine.Started[0].Spec.Artifacts[0].Artifacts[0].Digest, region.Engine.Started[1].Spec.Artifacts[0].Artifacts[0].Digest);
    }

    [Fact]
    public async Task Idle_environments_are_frozen_thawed_and_retired()
    {
        await using var region = await LambdaRegion.StartAsync(new LambdaOptions { FreezeAfter = TimeSpan.FromMilliseconds(10), KeepAlive = TimeSpan.FromMilliseconds(500) });
        await region.CreateAsync("f");
        await region.InvokeAsync("f");
        var workload = region.Engine.Started[0];
        await LambdaRegion.UntilAsync(() => workload.FreezeCount == 1, () => "a frozen environment");
        Assert.Equal("2", (await region.InvokeAsync("f", "2")).Payload);
        Assert.Single(region.Engine.Started);
        await LambdaRegion.UntilAsync(() => workload.IsDisposed, () => "retirement");
    }

    [Fact]
    public async Task Reserved_concurrency_throttles_with_AWSs_reason()
    {
        await using var region = await LambdaRegion.StartAsync();
        var running = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        region.Engine.Script = runtime => runtime.ServeAsync(async item =>
        {
            running.TrySetResult();
            await go.Task;
            return item.Payload;
        });
        await region.CreateAsync("f");
        await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 1 });
        var first = region.InvokeAsync("f");
        await running.Task;
        var error = await Assert.ThrowsAsync<AwsException>(() => region.InvokeAsync("f"));
        Assert.Equal(("TooManyRequestsException", 429, "Rate Exceeded."), (error.Code.Name, error.Code.Status, error.Message));
        Assert.Equal("ReservedFunctionConcurrentInvocationLimitExceeded", error.Members["Reason"]);
        go.SetResult();
        await first;
        await region.InvokeAsync("f");
    }

    [Fact]
    public async Task The_machines_memory_bounds_environments_and_idle_ones_make_room()
    {
        await using var region = await LambdaRegion.StartAsync(new LambdaOptions { MemoryBudgetBytes = 128L << 20 });
        await region.CreateAsync("a");
        await region.CreateAsync("b");
        await region.InvokeAsync("a");
        Assert.Equal("1", (await region.InvokeAsync("b", "1")).Payload);
        await LambdaRegion.UntilAsync(() => region.Engine.Started[0].IsDisposed, () => "the idle environment's end");
    }

    [Fact]
    public async Task A_client_that_asks_for_the_log_gets_its_end()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = async runtime =>
        {
            while (true)
            {
                var item = await runtime.NextAsync();
                await runtime.PrintAsync("hello\nworld\n");
                await runtime.RespondAsync(item.RequestId, "1");
            }
        };
        await region.CreateAsync("f");
        var (_, response) = await region.InvokeAsync("f", logType: "Tail");
        var lines = Encoding.UTF8.GetString(Convert.FromBase64String(response.LogResult!)).Split('\n');
        Assert.Matches("^START RequestId: .{36} Version: \\$LATEST$", lines[0]);
        Assert.Equal(["hello", "world"], lines[1..3]);
        Assert.StartsWith("END RequestId: ", lines[3], StringComparison.Ordinal);
        Assert.Matches(
            "^REPORT RequestId: .{36}\tDuration: [0-9.]+ ms\tBilled Duration: [0-9]+ ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: [0-9.]+ ms\t$",
            lines[4]);
        await region.UntilLoggedAsync("REPORT");
        Assert.StartsWith("INIT_START Runtime Version: ", region.LogText(), StringComparison.Ordinal);
        Assert.Matches(@"^/aws/lambda/f:\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", region.Logs.Keys.Single());
    }

    [Fact]
    public async Task A_flood_of_output_stalls_nobody_and_stays_in_order()
    {
        await using var region = await LambdaRegion.StartAsync();
        var line = new string('x', 1023) + "\n";
        var chunk = string.Concat(Enumerable.Repeat(line, 64));
        region.Engine.Script = async runtime =>
        {
            while (true)
            {
                var item = await runtime.NextAsync();
                for (var i = 0; i < 300; i++)
                {
                    await runtime.PrintAsync(chunk);
                }

                await runtime.RespondAsync(item.RequestId, "1");
            }
        };
        await region.CreateAsync("f", timeout: 60);
        await region.InvokeAsync("f");
        await region.UntilLoggedAsync("REPORT");
        var lines = region.Logs.Values.Single().ToArray();
        Assert.Equal(300 * 64, lines.Count(text => text.StartsWith('x')));
        Assert.StartsWith("REPORT", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_logs_have_the_platforms_records()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f", isJson: true);
        await region.InvokeAsync("f");
        await region.UntilLoggedAsync("platform.report");
        var types = region.Logs.Values.Single().Select(text => JsonDocument.Parse(text).RootElement.GetProperty("type").GetString());
        Assert.Equal(["platform.initStart", "platform.start", "platform.report"], types);
        Assert.Equal("JSON", region.Engine.Started[0].Spec.Environment["AWS_LAMBDA_LOG_FORMAT"]);
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

    [Fact]
    public async Task Usage_and_metrics_are_told_once_an_invocation()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f", memory: 1024);
        await region.InvokeAsync("f");
        var usage = region.Sinks.Usage.Select(entry => entry.Usage).ToList();
        Assert.Equal(["Lambda-GB-Second", "Request"], usage.Select(record => record.UsageType));
        Assert.Equal(1, usage[1].Quantity);
        Assert.True(usage[0].Quantity > 0);
        Assert.Equal(
            ["Invocations", "Errors", "Duration", "ConcurrentExecutions"],
            region.Sinks.Metrics.Select(entry => entry.Sample).Where(sample => sample.Namespace == "AWS/Lambda").Select(sample => sample.Name));
    }
}
