using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Fogbank.Engines;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci;
using Fogbank.Engines.Process;

// The executable's warden mode for tests of the engine, whose own executable is the test runner, and a region to be killed.
return args switch
{
    [WardenProgram.Command, ..] => WardenProgram.Run(args, ProcessEngine.NewWardenDriver(), OciEngine.NewWardenDriver()),
    ["region", var run, var cache] => await RunRegionAsync(run, cache),
    ["networks", var folder, var machine] => MakeNetworks(folder, machine),
    _ => 64,
};

// Makes networks and removes them until it is killed, as fast as it can.
static int MakeNetworks(string folder, string machine)
{
    using var networks = Networks.Open(new() { Directory = folder, MachineDirectory = machine, PoolSize = 2, Linger = TimeSpan.Zero });
    for (var i = 0; ; i++)
    {
        Console.WriteLine(i);
        NetworkSpec spec = new()
        {
            Network = $"vpc-{i % 3}",
            Range = IPNetwork.Parse("172.31.0.0/16"),
            Address = IPAddress.Parse($"172.31.0.{5 + (i % 7)}"),
            Gateway = IPAddress.Parse("172.31.0.1"),
            PrefixLength = 20,
            Egress = i % 2 == 0,
            BytesPerSecond = i % 5 == 0 ? 1_000_000 : null,
        };
        var member = networks.Join($"task-{i % 7}", spec, [IPAddress.Parse("169.254.170.2")], isDurable: i % 3 != 0);
        if (i % 4 != 0)
        {
            networks.Leave(member);
            networks.RemoveEmpty();
        }
    }
}

// A region that starts workloads, says so, and waits to be killed.
static async Task<int> RunRegionAsync(string run, string cache)
{
    var engine = new ProcessEngine(new() { RunDirectory = run, CacheDirectory = cache }, TimeProvider.System);
    using MemoryStream bytes = new();
    using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
    {
        using StreamWriter writer = new(zip.CreateEntry("note.txt").Open());
        await writer.WriteAsync("code");
    }
    var content = bytes.ToArray();
    for (var i = 0; i < 4; i++)
    {
        await engine.StartAsync(new()
        {
            Id = $"killed-{i}",
            Command = ["/bin/sh", "-c", "(setsid sleep 1000 &) ; dd if=/dev/zero of=/tmp/fill bs=1M count=4 2>/dev/null; sleep 1000"],
            MemoryBytes = 64 * 1024 * 1024,
            TmpBytes = 16 * 1024 * 1024,
            Endpoints = [new() { Name = "api", Address = IPAddress.Parse("169.254.100.1"), Port = 9001 }],
            Artifacts =
            [
                new()
                {
                    Target = "/var/task",
                    Artifacts =
                    [
                        new()
                        {
                            Digest = Convert.ToHexStringLower(SHA256.HashData(content)),
                            Kind = ArtifactKind.Zip,
                            OpenAsync = _ => ValueTask.FromResult<Stream>(new MemoryStream(content)),
                        },
                    ],
                },
            ],
        }, CancellationToken.None);
    }
    Console.WriteLine("started");
    await Task.Delay(Timeout.Infinite);
    return 0;
}
