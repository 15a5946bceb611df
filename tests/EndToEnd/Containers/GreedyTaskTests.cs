using System.Globalization;
using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Hostile;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>Tasks that take all that they can get.</summary>
public sealed class GreedyTaskTests(ContainerRegion region) : ContainerTest(region)
{
    [Fact]
    public async Task Eating_memory_is_the_out_of_memory_error_of_AWS()
    {
        var ended = await RunAsync(Plays("eat-memory"));
        Assert.Equal(
            ("EssentialContainerExited", 137, "OutOfMemoryError: Container killed due to memory usage"), (ended.StopCode, ended.ExitCode, ended.Reason));
    }

    [Fact]
    public async Task A_containers_own_limit_holds_within_its_task()
    {
        var container = Plays("eat-memory");
        container["memory"] = 64;
        var ended = await RunAsync(container);
        Assert.Equal((137, "OutOfMemoryError: Container killed due to memory usage"), (ended.ExitCode, ended.Reason));
    }

    [Fact]
    public async Task Shared_memory_and_temporary_file_systems_count_as_memory()
    {
        var container = Shell("head -c 400000000 /dev/zero > /scratch/fill; echo \"code $?\"; exec cat /proc/meminfo /dev/zero > /dev/shm/fill");
        container["memory"] = 128;
        container["linuxParameters"] = new JsonObject { ["tmpfs"] = new JsonArray(new JsonObject { ["containerPath"] = "/scratch", ["size"] = 2000 }) };
        var ended = await RunAsync(container);
        Assert.NotEqual(0, ended.ExitCode);
        Assert.StartsWith("OutOfMemoryError", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Others_start_beside_a_fork_bomb_and_it_can_be_stopped()
    {
        // Each process for itself makes others without end.
        var container = Shell("f() { f & f; }; f & while true; do sleep 1; done");
        container["stopTimeout"] = 2;
        var bomb = await StartAsync(container);
        await Until.TrueAsync(() => ProcessesOf(bomb).Count() > 200, "It did not fork");
        (await RunAsync(Shell("true"))).IsFine();
        Assert.InRange(ProcessesOf(bomb).Count(), 200, 8200);
        await bomb.StopAsync();
        Assert.Equal("UserInitiated", (await bomb.EndAsync()).StopCode);
        await IsGoneAsync(bomb);
    }

    [Fact]
    public async Task Filling_the_disk_is_an_error_inside_and_all_is_given_back()
    {
        var data = (await Region.RegionAsync()).DataDirectory;
        var container = Plays("fill-disk");
        container["stopTimeout"] = 2;
        var task = await StartAsync(container);
        var ended = await task.EndAsync();
        ended.IsFine();
        Assert.StartsWith("allocate: ENOSPC after ", ended.Lines[0], StringComparison.Ordinal);
        Assert.InRange(long.Parse(ended.Lines[0].Split(' ')[3], CultureInfo.InvariantCulture), (20L << 30) - (1L << 28), 21L << 30);
        Assert.Equal("write: ENOSPC", ended.Lines[1]);
        Assert.StartsWith("read: ", ended.Lines[2], StringComparison.Ordinal);
        await IsGoneAsync(task);
        Assert.True(Directory.Exists(data));
        (await RunAsync(Shell("echo fine > /file && cat /file"))).IsFine();
    }

    [Fact]
    public async Task Endless_output_without_a_line_end_arrives_in_events_and_is_stopped()
    {
        var container = Shell("yes x | tr -d '\\n'");
        container["stopTimeout"] = 2;
        var flood = await StartAsync(container);
        await flood.SaysAsync("xxxxxxxx");
        (await RunAsync(Shell("true"))).IsFine();
        await flood.StopAsync();
        Assert.Equal("UserInitiated", (await flood.EndAsync()).StopCode);
    }

    [Fact]
    public async Task Lines_of_a_megabyte_arrive_whole_in_events_of_what_a_message_may_have()
    {
        var ended = await RunAsync(Shell("for i in 1 2 3; do head -c 1048576 /dev/zero | tr '\\0' $i; echo; done"));
        ended.IsFine();
        Assert.Equal(string.Concat("123".Select(digit => new string(digit, 1048576))), string.Concat(ended.Lines));
        Assert.All(ended.Lines, line => Assert.InRange(line.Length, 1, 262144));
    }

    [Fact]
    public async Task Output_that_is_no_text_does_no_harm()
    {
        var ended = await RunAsync(Shell("head -c 100000 /dev/urandom; echo; echo end"));
        ended.IsFine();
        Assert.Equal("end", ended.Lines[^1]);
    }

    private static IEnumerable<int> ProcessesOf(StartedTask task) =>
        HostView.Processes().Where(pid => HostView.Read($"/proc/{pid}/cgroup").Contains(task.Id, StringComparison.Ordinal));

    private async Task IsGoneAsync(StartedTask task)
    {
        var data = (await Region.RegionAsync()).DataDirectory;
        await Until.EmptyAsync(
            () => ProcessesOf(task).Select(pid => $"process {pid}")
                .Concat(HostView.LoopDevices(data).Where(device => device.Contains(task.Id, StringComparison.Ordinal))),
            "It stayed",
            5);
        Assert.False(Directory.Exists(Path.Combine(data, "run/oci/g", task.Id)));
    }
}
