using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>Functions that write more log than anybody can keep up with, in a region of their own whose memory is measured.</summary>
public sealed class FloodingFunctionTests
{
    // The flood's text takes twice its bytes in memory: a region that kept it would grow by 200 MB.
    private const long MaxGrowth = 128L << 20;

    [Theory]
    [InlineData("spam")]
    [InlineData("spam_one_line")]
    public async Task Hundred_megabytes_of_log_leave_memory_and_neighbours_alone(string part)
    {
        await using var region = await RegionProcess.StartAsync(null, [], TestContext.Current.CancellationToken);
        HostileRegion.RequireIsolation(region);
        using var caller = new LambdaCaller(region.Address);
        var flooder = await caller.DeployAsync(1769, 60, null, null);
        var bystander = await caller.DeployAsync(512, 30, null, null);
        await bystander.InvokeAsync("spam", new { megabytes = 1 });
        await flooder.InvokeAsync("spam", new { megabytes = 1 });
        var before = HostView.ResidentBytes(region.ProcessId);
        HostView.ForgetPeak(region.ProcessId);

        var flood = flooder.InvokeAsync(part, new { megabytes = 100 });
        var slowest = TimeSpan.Zero;
        var calls = 0;
        while (!flood.IsCompleted || calls < 5)
        {
            var answer = await bystander.InvokeAsync("echo", new { text = "fine" });
            Assert.Equal("fine", answer.Ok["echo"]!.ToString());
            slowest = answer.Elapsed > slowest ? answer.Elapsed : slowest;
            calls++;
        }

        Assert.Equal(100, (await flood).Ok["written"]!.GetValue<int>());
        Assert.InRange(HostView.PeakBytes(region.ProcessId) - before, 0, MaxGrowth);
        Assert.True(slowest < TimeSpan.FromSeconds(2), $"The slowest of {calls} calls beside the flood took {slowest}");
        await HostileTest.WorksAgainAsync(flooder);
        await Until.TrueAsync(async () => (await caller.LogAsync(flooder.Name, "REPORT RequestId")).Count >= 3, "The flood's REPORT line did not come");
    }
}
