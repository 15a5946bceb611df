using System.Globalization;
using Fogbank.Engines;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>One oci engine with a warden of its own in a private folder.</summary>
public sealed class OciFixture : IEngineFixture, IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-oci-").FullName;
    private int _ids;
    private OciEngine? _engine;

    internal OciEngine Engine => _engine!;

    IEngine IEngineFixture.Engine => Engine;

    string IEngineFixture.AddedVariables => "HOME=/root\n";

    void IEngineFixture.Require() => Require();

    WorkloadSpec IEngineFixture.Plays(params string[] part) =>
        Runs(["/usr/bin/python3", "-S", "/var/task/workload.py", .. part]) with
        {
            Image = TestImages.Python,
            Environment = new Dictionary<string, string>(),
            Init = part[0] == "die", // process 1 of a container does not hear signals of its own
        };

    WorkloadSpec IEngineFixture.Shell(string script) => Shell(script);

    WorkloadSpec IEngineFixture.Runs(IReadOnlyList<string> command) => Runs([.. command]) with { Image = TestImages.Python };

    IEnumerable<string> IEngineFixture.Cgroups() => OciRemains.Cgroups(RunDirectory).SelectMany(folder => Directory.GetDirectories(folder));

    internal RegionWarden Warden { get; private set; } = null!;

    internal string RunDirectory => Path.Combine(_folder, "run");

    public ValueTask InitializeAsync()
    {
        if (OciEngine.Examine().All(requirement => requirement.Present) && File.Exists("/bin/busybox"))
        {
            NewEngine();
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>A region's engine on the same folders: the one before must be gone.</summary>
    internal (OciEngine Engine, RegionWarden Warden) NewEngine(TimeSpan? orphanGrace = null)
    {
        RegionWarden warden = new(
            new() { RunDirectory = RunDirectory, Command = [EngineFixture.WardenHost], OrphanGrace = orphanGrace ?? TimeSpan.FromMinutes(10) }, TimeProvider.System);
        var engine = new OciEngine(new() { RunDirectory = Path.Combine(RunDirectory, "oci"), CacheDirectory = Path.Combine(_folder, "cache") }, TimeProvider.System, warden, ownsWarden: true);
        (_engine, Warden) = (engine, warden);
        return (engine, warden);
    }

    /// <summary>Skips a test where this machine cannot run images, or fails it where <c>FOGBANK_TEST_REQUIRE</c> names <c>oci</c>.</summary>
    internal void Require()
    {
        if (_engine is null)
        {
            var missing = string.Join(", ", OciEngine.Examine().Where(requirement => !requirement.Present).Select(requirement => requirement.Name));
            Assert.False((Environment.GetEnvironmentVariable("FOGBANK_TEST_REQUIRE") ?? "").Split(',').Contains("oci"), $"missing: {missing} or busybox-static");
            Assert.Skip($"Images cannot run here, missing: {missing} or busybox-static.");
        }
    }

    internal WorkloadSpec Shell(string script) => Runs("/bin/sh", "-c", script);

    internal WorkloadSpec Runs(params string[] command) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"w-{Interlocked.Increment(ref _ids)}"),
        Command = command,
        Image = TestImages.Small,
        User = "",
        MemoryBytes = 256L * 1024 * 1024,
        TmpBytes = 0,
        StorageBytes = 32L * 1024 * 1024,
        Environment = new Dictionary<string, string> { ["PATH"] = "/bin" },
    };

    internal GroupSpec Group(Lifetime lifetime = Lifetime.Ephemeral) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"g-{Interlocked.Increment(ref _ids)}"),
        Lifetime = lifetime,
        StorageBytes = 32L * 1024 * 1024,
    };

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null)
        {
            await RemoveDurableAsync(_engine);
            await _engine.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What a test that failed has left would outlive even this process.</summary>
    private static async Task RemoveDurableAsync(OciEngine engine)
    {
        try
        {
            await foreach (var id in engine.ListGroupsAsync(CancellationToken.None))
            {
                if (await engine.FindGroupAsync(id, CancellationToken.None) is { } group)
                {
                    await group.RemoveAsync(CancellationToken.None);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // The test disposed its engine.
        }
    }
}
