using System.Diagnostics;
using Fogbank.Tests.EndToEnd.Hostile;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>Tasks that do not go when they should, or leave something behind.</summary>
public sealed class StubbornTaskTests(ContainerRegion region) : ContainerTest(region)
{
    [Fact]
    public async Task One_that_ignores_SIGTERM_is_killed_after_its_stop_timeout()
    {
        var container = Shell("trap '' TERM; echo ready; while true; do sleep 1; done");
        container["stopTimeout"] = 2;
        var task = await StartAsync(container);
        await task.SaysAsync("ready");
        var asked = Stopwatch.GetTimestamp();
        await task.StopAsync();
        var ended = await task.EndAsync();
        Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 1.9, 8);
        Assert.Equal(("UserInitiated", "Task stopped by user", 137), (ended.StopCode, ended.StoppedReason, ended.ExitCode));
        Assert.DoesNotContain("OutOfMemory", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_stands_still_is_ended_too()
    {
        var container = Shell("echo ready; kill -STOP -1; sleep 1000 & kill -STOP $!; wait");
        container["stopTimeout"] = 2;
        var task = await StartAsync(container);
        await task.SaysAsync("ready");
        await task.StopAsync();
        Assert.Equal(137, (await task.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task What_it_leaves_behind_goes_with_it()
    {
        var task = await StartAsync(Plays("daemon"));
        var ended = await task.EndAsync();
        ended.IsFine();
        Assert.Equal("left daemons", Assert.Single(ended.Lines));
        await Until.EmptyAsync(
            () => HostView.Processes().Where(pid => HostView.Read($"/proc/{pid}/cgroup").Contains(task.Id, StringComparison.Ordinal)).Select(pid => $"process {pid}"),
            "It stayed",
            5);
    }
}
