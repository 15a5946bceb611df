using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>The region, its warden, or both are killed under load: nothing that they started may be left, and a new region must go on.</summary>
public sealed class RegionCrashTests
{
    private const double Deadline = 2;

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task After_a_kill_nothing_is_left_and_the_next_region_goes_on(bool region, bool warden)
    {
        var data = Directory.CreateTempSubdirectory("fogbank-crash-").FullName;
        try
        {
            await using var first = await RegionProcess.StartAsync(data, [], TestContext.Current.CancellationToken);
            HostileRegion.RequireIsolation(first);
            using var caller = new LambdaCaller(first.Address);
            var (functions, calls) = await LoadAsync(caller, isBomb: !warden);
            var before = Look(first);
            Assert.True(before.Namespaces.Count >= 12, "There were no namespaces to look for");
            Assert.NotEmpty(HostView.Remains(data, before.Processes, before.Namespaces)); // or the look afterwards would see nothing anyway

            if (warden)
            {
                Signals.Kill(WardenOf(first));
            }

            if (region)
            {
                await first.KillAsync();
            }

            // Files of a warden that could not clean up go with the next one: nobody is left who would do it.
            await Until.EmptyAsync(
                () => HostView.Remains(data, before.Processes, before.Namespaces).Where(one => !warden || !(one.StartsWith("file ", StringComparison.Ordinal) || one.StartsWith("control group ", StringComparison.Ordinal))),
                "The region left something", Deadline);
            foreach (var call in calls)
            {
                await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
            }

            await using var second = await RegionProcess.StartAsync(data, [], TestContext.Current.CancellationToken);
            using var again = new LambdaCaller(second.Address);
            Assert.Equal("back", (await (functions[0] with { Caller = again }).InvokeAsync("echo", new { text = "back" })).Ok["echo"]!.ToString());
            Assert.Equal(0, await second.StopAsync());
            await Until.EmptyAsync(() => HostView.Remains(data, [], new HashSet<string>()), "The second region left something", Deadline);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    [Fact]
    public async Task When_the_warden_is_killed_its_workloads_go_and_the_region_starts_another()
    {
        await using var region = await RegionProcess.StartAsync(null, [], TestContext.Current.CancellationToken);
        HostileRegion.RequireIsolation(region);
        using var caller = new LambdaCaller(region.Address);
        var (functions, calls) = await LoadAsync(caller, isBomb: false);
        var before = Look(region);
        Signals.Kill(WardenOf(region));
        await Until.EmptyAsync(
            () => before.Processes.Where(HostView.IsAlive).Select(one => $"process {one.Pid}")
                .Concat(HostView.WorkloadGroups(region.DataDirectory)).Concat(HostView.LoopDevices(region.DataDirectory)),
            "Workloads outlived their warden", Deadline);
        foreach (var call in calls)
        {
            var answer = await call;
            Assert.True(answer.Status >= 500 || answer.FunctionError is not null, answer.ToString());
        }

        foreach (var function in functions)
        {
            Assert.Equal("back", (await function.InvokeAsync("echo", new { text = "back" })).Ok["echo"]!.ToString());
        }

        await region.KillAsync();
        var after = Look(region);
        await Until.EmptyAsync(() => HostView.Remains(region.DataDirectory, after.Processes, after.Namespaces), "The second warden left something", Deadline);
    }

    /// <summary>Functions at rest and frozen, at work, forking, and with daemons.</summary>
    /// <param name="caller">Where.</param>
    /// <param name="isBomb">
    /// Without end; else some. A thousand processes end within their function's share of CPU time where no warden is left to lift its limit.
    /// </param>
    private static async Task<(List<HostileFunction> Functions, List<Task<Answer>> Calls)> LoadAsync(LambdaCaller caller, bool isBomb)
    {
        List<HostileFunction> functions = [];
        for (var i = 0; i < 4; i++)
        {
            functions.Add(await caller.DeployAsync(512, 60, null, null));
        }

        await functions[0].InvokeAsync("leave_daemons");
        await functions[1].InvokeAsync("ignore_term");
        List<Task<Answer>> calls =
        [
            functions[2].InvokeAsync("nap", new { seconds = 50 }),
            functions[2].InvokeAsync("ignore_term", new { hang = true }),
            functions[3].InvokeAsync(isBomb ? "fork_for_ever" : "fork_some"),
        ];
        await Until.TrueAsync(() => functions[3].Processes().Count > 20 && functions[2].Processes().Count >= 2, "The load did not come");
        return (functions, calls);
    }

    private static (IReadOnlyList<(int Pid, string Started)> Processes, HashSet<string> Namespaces) Look(RegionProcess region)
    {
        var processes = HostView.Descendants(region.ProcessId);
        return (processes, HostView.ForeignNamespaces(processes.Select(one => one.Pid)));
    }

    private static int WardenOf(RegionProcess region) => HostView.Descendants(region.ProcessId)
        .Select(one => one.Pid).Single(pid => HostView.Read($"/proc/{pid}/cmdline").Split('\0').Contains("warden"));
}
