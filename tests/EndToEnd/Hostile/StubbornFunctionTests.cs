using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>Functions that do not go when they should, or leave something behind.</summary>
public sealed class StubbornFunctionTests(HostileRegion region) : HostileTest(region)
{
    [Fact]
    public async Task One_that_ignores_every_signal_times_out_and_goes()
    {
        var function = await Region.DeployAsync(timeout: 1);
        var answer = await function.InvokeAsync("ignore_term", new { hang = true });
        IsError(answer, "Sandbox.Timedout", "Task timed out after 1.00 seconds$");
        Assert.True(answer.Elapsed >= TimeSpan.FromSeconds(1));
        await Until.EmptyAsync(() => function.Processes().Select(pid => $"process {pid}"), "It stayed", 5);
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task One_that_ignores_every_signal_goes_with_its_function()
    {
        var function = await Region.DeployAsync();
        Assert.Equal("true", (await function.InvokeAsync("ignore_term")).Ok["ignoring"]!.ToJsonString());
        Assert.NotEmpty(function.Processes());
        await function.DeleteAsync();
        await Until.EmptyAsync(() => function.Processes().Select(pid => $"process {pid}"), "It stayed", 5);
    }

    [Fact]
    public async Task Daemons_stand_still_between_calls_and_go_with_their_environment()
    {
        var function = await Region.DeployAsync();
        Assert.Equal(3, (await function.InvokeAsync("leave_daemons")).Ok["left"]!.GetValue<int>());
        var daemons = function.Processes();
        Assert.Equal(4, daemons.Count); // the runtime and three
        await StandStillAsync(daemons);
        await WorksAgainAsync(function);
        Assert.Equal(daemons.Order(), function.Processes().Order());
        await function.DeleteAsync();
        await Until.EmptyAsync(() => function.Processes().Select(pid => $"process {pid}"), "Daemons stayed", 5);
    }

    [Fact]
    public async Task A_process_that_was_left_does_not_answer_for_its_function()
    {
        var function = await Region.DeployAsync();
        Assert.Equal(1, (await function.InvokeAsync("leave_answerer")).Ok["left"]!.GetValue<int>());
        for (var i = 0; i < 20; i++)
        {
            // Long enough for the process that was left to try its luck.
            Assert.Equal("true", (await function.InvokeAsync("nap", new { seconds = 0.02 })).Ok["slept"]!.ToJsonString());
        }
    }

    /// <summary>The daemons wake up a thousand times a second: unless they are frozen, they use CPU time.</summary>
    private static async Task StandStillAsync(IReadOnlyList<int> pids)
    {
        var ticks = -1L;
        var since = TimeProvider.System.GetTimestamp();
        await Until.TrueAsync(
            () =>
            {
                var now = pids.Sum(HostView.Switches);
                if (now != ticks)
                {
                    (ticks, since) = (now, TimeProvider.System.GetTimestamp());
                }

                return TimeProvider.System.GetElapsedTime(since).TotalMilliseconds > 300;
            },
            "What was left behind went on running",
            10);
    }
}
