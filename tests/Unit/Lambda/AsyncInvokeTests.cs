using System.Text;
using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda;
using Fogbank.Services.Lambda.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class AsyncInvokeTests
{
    private static ValueTask<InvokeResponse> SendEventAsync(LambdaRegion region, string payload, string? key = null) =>
        region.SendAsync(
            new InvokeRequest { FunctionName = "f", InvocationType = "Event", Payload = Encoding.UTF8.GetBytes(payload) }, key: key);

    [Fact]
    public async Task An_event_is_accepted_and_then_runs()
    {
        await using var region = await LambdaRegion.StartAsync();
        var seen = new TaskCompletionSource<FakeEvent>();
        region.Engine.Script = runtime => runtime.ServeAsync(item =>
        {
            seen.TrySetResult(item);
            return Task.FromResult("1");
        });
        await region.CreateAsync("f");
        var answer = await SendEventAsync(region, """{"a":1}""");
        Assert.Equal((202, null), (answer.StatusCode, answer.Payload));
        Assert.Equal("""{"a":1}""", (await seen.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Payload);
    }

    [Fact]
    public async Task A_failing_event_is_tried_three_times_under_one_request_id()
    {
        await using var region = await LambdaRegion.StartAsync();
        var ids = new List<string>();
        var third = new TaskCompletionSource();
        region.Engine.Script = async runtime =>
        {
            while (true)
            {
                var item = await runtime.NextAsync();
                ids.Add(item.RequestId);
                await runtime.PostAsync($"invocation/{item.RequestId}/error", "{}"u8.ToArray(), "E");
                if (ids.Count == 3)
                {
                    third.SetResult();
                }
            }
        };
        await region.CreateAsync("f");
        await SendEventAsync(region, "{}");
        await third.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await LambdaRegion.UntilAsync(
            () => region.Sinks.Metrics.Any(entry => entry.Sample.Name == "AsyncEventsDropped"), () => "the event given up");
        Assert.Equal(3, ids.Count);
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task A_repeated_call_runs_once()
    {
        await using var region = await LambdaRegion.StartAsync();
        var runs = 0;
        region.Engine.Script = runtime => runtime.ServeAsync(item =>
        {
            Interlocked.Increment(ref runs);
            return Task.FromResult("1");
        });
        await region.CreateAsync("f");
        await SendEventAsync(region, "1", "s3:7");
        await LambdaRegion.UntilAsync(() => runs == 1, () => "one run");
        await SendEventAsync(region, "1", "s3:7");
        await SendEventAsync(region, "2", "s3:8");
        await LambdaRegion.UntilAsync(() => runs == 2, () => "the run of the other event");
        await region.Control.DrainAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task A_throttled_event_waits_and_runs_when_there_is_room()
    {
        await using var region = await LambdaRegion.StartAsync();
        var runs = 0;
        var go = new TaskCompletionSource();
        region.Engine.Script = runtime => runtime.ServeAsync(async item =>
        {
            Interlocked.Increment(ref runs);
            await go.Task;
            return "1";
        });
        await region.CreateAsync("f", timeout: 20);
        await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 1 });
        await SendEventAsync(region, "1");
        await SendEventAsync(region, "2");
        await LambdaRegion.UntilAsync(() => region.Sinks.Metrics.Any(entry => entry.Sample.Name == "Throttles"), () => "a throttle");
        await LambdaRegion.UntilAsync(() => runs == 1, () => "the first run");
        go.SetResult();
        await LambdaRegion.UntilAsync(() => runs == 2, () => "both runs");
    }

    [Fact]
    public async Task Accepted_events_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-lambda-");
        try
        {
            await using (var first = await LambdaRegion.StartAsync(dataDirectory: folder.FullName))
            {
                first.Engine.Script = async runtime =>
                {
                    await Task.Delay(Timeout.Infinite, runtime.End);
                    return 0;
                };
                await first.CreateAsync("f", timeout: 60);
                await SendEventAsync(first, "\"kept\"");
                await LambdaRegion.UntilAsync(() => first.Engine.Started.Count > 0, () => "the first attempt");
            }

            var seen = new TaskCompletionSource<string>();
            await using var second = await LambdaRegion.StartAsync(dataDirectory: folder.FullName, script: runtime => runtime.ServeAsync(item =>
            {
                seen.TrySetResult(item.Payload);
                return Task.FromResult("1");
            }));
            Assert.Equal("\"kept\"", await seen.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Payloads_over_their_limits_and_bad_JSON_are_refused()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var large = await Assert.ThrowsAsync<AwsException>(async () => await SendEventAsync(region, $"\"{new string('a', 1_048_576)}\""));
        Assert.Equal((413, "1048578 byte payload is too large for the Event invocation type (limit 1048576 bytes)"), (large.Code.Status, large.Message));
        var bad = await Assert.ThrowsAsync<AwsException>(() => region.InvokeAsync("f", "{"));
        Assert.Equal("InvalidRequestContentException", bad.Code.Name);
        Assert.StartsWith("Could not parse request body into json: Could not parse payload into json: Unexpected end-of-input", bad.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Retries_follow_AWSs_plan()
    {
        var plan = new RetryPlan(new LambdaOptions());
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var item = new AsyncEventRecord { RequestId = "r", FunctionName = "f", Payload = default, AcceptedAt = start, WakeAt = start };
        var second = plan.AfterFailure(item, null, start)!;
        Assert.Equal(start + TimeSpan.FromMinutes(1), second.WakeAt);
        var third = plan.AfterFailure(second, null, second.WakeAt)!;
        Assert.Equal(second.WakeAt + TimeSpan.FromMinutes(2), third.WakeAt);
        Assert.Null(plan.AfterFailure(third, null, third.WakeAt));

        var throttled = plan.AfterThrottle(item, null, start)!;
        Assert.Equal(start + TimeSpan.FromSeconds(1), throttled.WakeAt);
        for (var i = 0; i < 20; i++)
        {
            throttled = plan.AfterThrottle(throttled, null, start)!;
        }

        Assert.Equal((start + TimeSpan.FromMinutes(5), 0), (throttled.WakeAt, throttled.FailedAttempts));
        Assert.Null(plan.AfterThrottle(throttled, null, start + TimeSpan.FromHours(6)));
        var settings = new EventInvokeRecord { FunctionName = "f", Qualifier = "$LATEST", LastModified = start, MaximumRetryAttempts = 0, MaximumEventAgeSeconds = 60 };
        Assert.Null(plan.AfterFailure(item, settings, start));
        Assert.True(RetryPlan.IsExpired(item, settings, start + TimeSpan.FromSeconds(61)));
    }
}
