using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task A_warm_environment_is_used_again_and_the_newest_first()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        for (var i = 0; i < 20; i++)
        {
            await region.InvokeAsync("f");
            // The answer comes before the environment asks for its next event; one that came in between would start another.
            await LambdaRegion.UntilAsync(() => region.Pools.IdleCount == 1, () => "an idle environment");
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
}
