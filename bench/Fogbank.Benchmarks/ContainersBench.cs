using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Fogbank.Engines;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci;

namespace Fogbank.Benchmarks;

/// <summary>
/// How long it takes until a small image has written its first byte, with every limit, the system-call filter and a bridge network, after
/// idling (a cost that loops back to back hide). Then, how many can be started in a second by four at once.
/// </summary>
internal static class ContainersBench
{
    internal static async Task RunAsync(int rounds, string parent)
    {
        var folder = Path.Combine(parent, "fogbank-bench-containers");
        Directory.CreateDirectory(folder);
        RegionWarden warden = new(new() { RunDirectory = Path.Combine(folder, "run") }, TimeProvider.System);
        OciEngine engine = new(new() { RunDirectory = Path.Combine(folder, "run", "oci"), CacheDirectory = Path.Combine(folder, "cache") }, TimeProvider.System, warden, ownsWarden: true);
        await using (engine)
        {
            var image = Image();
            await engine.PrepareAsync(image, CancellationToken.None);
            List<double> alone = [], task = [], group = [], start = [];
            for (var round = 0; round < rounds + 3; round++)
            {
                await Task.Delay(30);
                var one = await AloneAsync(engine, image, round);
                await Task.Delay(30);
                var (whole, made, started) = await TaskAsync(engine, image, round);
                if (round >= 3)
                {
                    alone.Add(one);
                    task.Add(whole);
                    group.Add(made);
                    start.Add(started);
                }
            }
            Print("ephemeral, loopback only: start to first byte", alone);
            Print("durable in a group with a network: all", task);
            Print("  of it the group", group);
            Print("  of it the start", start);
            var began = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(Enumerable.Range(1000, rounds * 2), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) => await AloneAsync(engine, image, i));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"four at once: {rounds * 2 / Stopwatch.GetElapsedTime(began).TotalSeconds:F1} starts/s"));
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<double> AloneAsync(OciEngine engine, ImageRoot image, int number)
    {
        var began = Stopwatch.GetTimestamp();
        await using var workload = await engine.StartAsync(Spec(image, number), CancellationToken.None);
        await using var output = workload.ReadOutputAsync(CancellationToken.None).GetAsyncEnumerator();
        await output.MoveNextAsync();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private static async Task<(double All, double Group, double Start)> TaskAsync(OciEngine engine, ImageRoot image, int number)
    {
        var began = Stopwatch.GetTimestamp();
        var group = await engine.CreateGroupAsync(
            new()
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"t{number}"),
                StorageBytes = 64L * 1024 * 1024,
                MemoryBytes = 256L * 1024 * 1024,
                CpuMillis = 2000,
                Network = new()
                {
                    Network = "bench",
                    Range = IPNetwork.Parse("10.98.0.0/16"),
                    Address = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.98.1.{10 + (number % 200)}")),
                    Gateway = IPAddress.Parse("10.98.1.1"),
                    PrefixLength = 24,
                },
            },
            CancellationToken.None);
        var made = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var workload = await group.StartAsync(Spec(image, number), CancellationToken.None);
        var started = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await using (var output = workload.ReadOutputAsync(CancellationToken.None).GetAsyncEnumerator())
        {
            await output.MoveNextAsync();
        }
        var all = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await group.RemoveAsync(CancellationToken.None);
        return (all, made, started - made);
    }

    private static WorkloadSpec Spec(ImageRoot image, int number) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"b{number}"),
        Image = image,
        Command = ["/bin/busybox", "echo", "hello"],
        User = "",
        MemoryBytes = 64L * 1024 * 1024,
        CpuMillis = 1000,
        MaxPids = 64,
        TmpBytes = 0,
        StorageBytes = 64L * 1024 * 1024,
    };

    private static ImageRoot Image()
    {
        using MemoryStream bytes = new();
        using (TarWriter tar = new(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            using var busybox = File.OpenRead("/bin/busybox");
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "bin") { Mode = (UnixFileMode)0x1ed });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = (UnixFileMode)0x1ed, DataStream = busybox });
        }
        var content = bytes.ToArray();
        var digest = Convert.ToHexStringLower(SHA256.HashData(content));
        return new()
        {
            Layers =
            [
                new()
                {
                    Digest = digest,
                    DiffId = digest,
                    Compression = LayerCompression.None,
                    SizeBytes = content.Length,
                    OpenAsync = _ => ValueTask.FromResult<Stream>(new MemoryStream(content)),
                },
            ],
        };
    }

    private static void Print(string what, List<double> values)
    {
        values.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: p10 {values[values.Count / 10]:F1}, p50 {values[values.Count / 2]:F1}, p90 {values[values.Count * 9 / 10]:F1} ms"));
    }
}
