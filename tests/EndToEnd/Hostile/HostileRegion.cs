using Fogbank.Tests.EndToEnd.Harness;
using Fogbank.Tests.EndToEnd.Hostile;
using Xunit;

[assembly: AssemblyFixture(typeof(HostileRegion))]

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>A region of their own for the functions that attack, started by the first test that wants it, with a bystander that must not notice.</summary>
public sealed class HostileRegion : IAsyncDisposable
{
    /// <summary>A word in the region's own environment that no function may find.</summary>
    internal const string HostSecret = "host-secret-5d1e7c0a";

    private readonly Lazy<Task<Running>> _running = new(StartAsync);

    private sealed record Running(RegionProcess Region, LambdaCaller Caller, HostileFunction Bystander);

    internal async Task<RegionProcess> RegionAsync() => (await _running.Value).Region;

    internal async Task<HostileFunction> BystanderAsync() => (await _running.Value).Bystander;

    /// <summary>Makes a function of the attacking code; skips the test where this machine cannot isolate functions.</summary>
    internal async Task<HostileFunction> DeployAsync(
        int memory = 512, int timeout = 30, IReadOnlyDictionary<string, string>? variables = null, string? role = null)
    {
        var running = await _running.Value;
        RequireIsolation(running.Region);
        return await running.Caller.DeployAsync(memory, timeout, variables, role);
    }

    internal static void RequireIsolation(RegionProcess region)
    {
        if (!region.Log.Contains("isolation   full", StringComparison.Ordinal))
        {
            Assert.False((Environment.GetEnvironmentVariable("FOGBANK_TEST_REQUIRE") ?? "").Split(',').Contains("isolation"), region.Log);
            Assert.Skip("This machine cannot isolate functions.");
        }
    }

    private static async Task<Running> StartAsync()
    {
        Environment.SetEnvironmentVariable("FOGBANK_E2E_SECRET", HostSecret);
        var region = await RegionProcess.StartAsync(null, [], CancellationToken.None);
        var caller = new LambdaCaller(region.Address);
        var bystander = await caller.DeployAsync(1769, 30, null, null);
        await bystander.InvokeAsync("echo", new { text = "first" });
        return new(region, caller, bystander);
    }

    public async ValueTask DisposeAsync()
    {
        if (_running.IsValueCreated)
        {
            var running = await _running.Value;
            running.Caller.Dispose();
            await running.Region.DisposeAsync();
        }
    }
}
