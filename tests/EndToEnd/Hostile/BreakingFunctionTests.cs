using System.Security.Cryptography;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>Functions that try to break out.</summary>
public sealed class BreakingFunctionTests(HostileRegion region) : HostileTest(region)
{
    [Fact]
    public async Task The_kernel_refuses_every_attempt()
    {
        var function = await Region.DeployAsync();
        var outcomes = (await function.InvokeAsync("attack_kernel")).Map;
        // No such user in its namespace, or no right: either way it did not get there.
        foreach (var (name, error) in (IEnumerable<(string, string)>)[("setuid-root", "EINVAL"), ("chown-root", "EINVAL"), ("raise-priority", "EACCES"), ("oom-score", "EACCES")])
        {
            Assert.True(outcomes.Remove(name, out var got) && (got == error || got == "EPERM"), $"{name}: {got}");
        }

        Assert.True(outcomes.Count >= 60);
        Assert.All(outcomes, one => Assert.Equal((one.Key, "EPERM"), (one.Key, one.Value)));
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task Nothing_but_tmp_can_be_written()
    {
        var region = await Region.RegionAsync();
        var function = await Region.DeployAsync();
        string[] paths = [Repository.Binary, Path.Combine(region.DataDirectory, "region.key")];
        var before = Digests(paths);
        var outcomes = (await function.InvokeAsync("attack_files", new { paths })).Map;
        Assert.True(outcomes.Count >= 50);
        Assert.All(outcomes, one => Assert.True(one.Value is "EROFS" or "EACCES" or "EPERM" or "ENOENT" or "EISDIR" or "ETXTBSY", $"{one.Key}: {one.Value}"));
        Assert.Equal(before, Digests(paths));
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task Programs_are_not_to_be_overwritten_through_proc()
    {
        var function = await Region.DeployAsync();
        var interpreter = Path.GetFullPath(File.ResolveLinkTarget("/usr/bin/python3", returnFinalTarget: true)?.FullName ?? "/usr/bin/python3");
        var before = Digests([Repository.Binary, interpreter]);
        Assert.Equal("[]", (await function.InvokeAsync("overwrite_launcher")).Ok.ToJsonString());
        Assert.Equal(before, Digests([Repository.Binary, interpreter]));
    }

    [Fact]
    public async Task Every_way_up_ends_at_its_own_root()
    {
        var function = await Region.DeployAsync();
        Assert.All((await function.InvokeAsync("escape_chroot")).Map, way => Assert.True(way.Value is "inside" or "ENOENT" or "EACCES", $"{way.Key}: {way.Value}"));
    }

    private static IEnumerable<string> Digests(IEnumerable<string> paths) => [.. paths.Select(path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))))];
}
