using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>Functions that take more than is theirs: processes, memory, disk.</summary>
public sealed class GreedyFunctionTests(HostileRegion region) : HostileTest(region)
{
    [Fact]
    public async Task Forks_end_at_the_limit()
    {
        var function = await Region.DeployAsync(memory: 1024);
        var answer = (await function.InvokeAsync("fork_to_the_limit")).Ok;
        Assert.Equal("EAGAIN", answer["error"]!.ToString());
        Assert.InRange(answer["made"]!.GetValue<int>(), 500, 1023);
        await WorksAgainAsync(function);
        await function.DeleteAsync();
        await Until.EmptyAsync(() => function.Processes().Select(pid => $"process {pid}"), "The bomb's processes were left", 5);
    }

    [Fact]
    public async Task Forking_without_end_is_a_timeout_and_all_its_processes_go()
    {
        var function = await Region.DeployAsync(timeout: 1);
        IsError(await function.InvokeAsync("fork_for_ever"), "Sandbox.Timedout", "^RequestId: [0-9a-f-]{36} Error: Task timed out after 1.00 seconds$");
        await Until.EmptyAsync(() => function.Processes().Select(pid => $"process {pid}"), "The bomb's processes were left", 5);
        await WorksAgainAsync(function);
    }

    [Theory]
    [InlineData("eat_memory")]
    [InlineData("share_memory")]
    public async Task Eating_memory_is_the_out_of_memory_error_of_AWS(string part)
    {
        var function = await Region.DeployAsync(memory: 256);
        var answer = await function.InvokeAsync(part);
        IsError(answer, "Runtime.ExitError", "^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: signal: killed$");
        Assert.Matches(@"Memory Size: 256 MB\tMax Memory Used: 25[56] MB\t", answer.Log);
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task A_child_that_eats_memory_dies_and_its_parent_answers()
    {
        var function = await Region.DeployAsync(memory: 256);
        Assert.Equal(-9, (await function.InvokeAsync("child_eats_memory")).Ok["child"]!.GetValue<int>());
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task Tmp_ends_at_its_size_and_is_charged_to_nobodys_memory()
    {
        var region = await Region.RegionAsync();
        var function = await Region.DeployAsync(memory: 256);
        var neighbour = await Region.DeployAsync(memory: 128);
        const int written = 300 << 20;
        var filling = function.InvokeAsync("fill_tmp", new { written });
        Assert.Empty((await neighbour.InvokeAsync("list_tmp")).Ok.AsArray());
        var answer = await filling;
        Assert.Equal("ENOSPC", answer.Ok["error"]!.ToString());
        // 512 MB is what was asked for; the file system's own tables come on top.
        Assert.InRange(answer.Ok["bytes"]!.GetValue<long>(), 512L << 20, 540L << 20);
        await WorksAgainAsync(function);
        Assert.Matches(@"Max Memory Used: \d{1,2} MB", (await neighbour.InvokeAsync("echo")).Log);
        Assert.Empty((await neighbour.InvokeAsync("list_tmp")).Ok.AsArray());
        Assert.True(HostView.ResidentBytes(region.ProcessId) < 400L << 20);
    }

    [Fact]
    public async Task Tmp_does_not_run_slow_on_many_names()
    {
        var function = await Region.DeployAsync(memory: 1769);
        var answer = await function.InvokeAsync("fill_tmp_with_names");
        Assert.Equal("ENOSPC", answer.Ok["error"]!.ToString());
        Assert.InRange(answer.Ok["made"]!.GetValue<int>(), 20_000, 100_000);
        await WorksAgainAsync(function);
    }
}
