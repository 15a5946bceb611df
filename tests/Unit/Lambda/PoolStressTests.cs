using System.Text;
using Fogbank.Contracts.Lambda;
using Fogbank.Services.Lambda;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

/// <summary>Environments that freeze, retire, die and linger all the time, under several clients at once.</summary>
public sealed class PoolStressTests
{
    [Fact]
    public async Task Every_event_gets_its_own_answer_whatever_becomes_of_environments()
    {
        await using var region = await LambdaRegion.StartAsync(new LambdaOptions
        {
            FreezeAfter = TimeSpan.FromMilliseconds(1),
            KeepAlive = TimeSpan.FromMilliseconds(10),
        });
        var count = 0;
        region.Engine.Script = async runtime =>
        {
            while (true)
            {
                var item = await runtime.NextAsync();
                await runtime.Workload.Thawed;
                var turn = Interlocked.Increment(ref count);
                if (turn % 23 == 0)
                {
                    return 3;
                }

                await runtime.RespondAsync(item.RequestId, item.Payload);
                if (turn % 17 == 0)
                {
                    // Ends between two events.
                    return 0;
                }

                if (turn % 13 == 0)
                {
                    // Busy with something of its own for longer than an event waits for it.
                    await Task.Delay(60, runtime.End);
                }
            }
        };
        await region.CreateAsync("f", timeout: 20);
        var failures = 0;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async client =>
        {
            for (var i = 0; i < 80; i++)
            {
                var response = await region.SendAsync(
                    new InvokeRequest { FunctionName = "f", Payload = Encoding.UTF8.GetBytes($"\"{client}-{i}\"") }).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
                var payload = Encoding.UTF8.GetString(response.Payload!.Value.Span);
                if (response.FunctionError is null)
                {
                    Assert.Equal($"\"{client}-{i}\"", payload);
                }
                else
                {
                    Assert.Contains("exit status 3", payload, StringComparison.Ordinal);
                    Interlocked.Increment(ref failures);
                }

                if (i % 20 == 0)
                {
                    // Long enough for what idles to be retired.
                    await Task.Delay(15, TestContext.Current.CancellationToken);
                }
            }
        }));
        Assert.InRange(failures, 1, 480 / 20);

        // Nothing is left behind: neither environments, nor places in the account's concurrency or the machine's memory.
        await LambdaRegion.UntilAsync(() => region.Engine.Started.All(workload => workload.IsDisposed), () => "all environments' end");
        await LambdaRegion.UntilAsync(() => region.Pools.TaskCount == 0, () => "all work's end");
        Assert.Equal(0, region.Budget.Count);
        await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 1 });
        Assert.Equal(200, (await region.SendAsync(new InvokeRequest { FunctionName = "f" })).StatusCode);
    }

    [Fact]
    public async Task Environments_that_start_slowly_are_not_started_once_for_each_event_meanwhile()
    {
        await using var region = await LambdaRegion.StartAsync(new LambdaOptions());
        var order = 0;
        var slowOnes = new TaskCompletionSource();
        region.Engine.Script = async runtime =>
        {
            if (Interlocked.Increment(ref order) > 1)
            {
                await slowOnes.Task;
            }

            return await FakeRuntime.EchoAsync(runtime);
        };
        await region.CreateAsync("f", timeout: 20);

        // Four clients share the one environment that is ready, so hardly any of their events finds it idle.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async client =>
        {
            for (var i = 0; i < 50; i++)
            {
                await region.SendAsync(new InvokeRequest { FunctionName = "f" }).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            }
        }));
        Assert.InRange(region.Engine.Started.Count, 1, 5);
        slowOnes.SetResult();
    }
}
