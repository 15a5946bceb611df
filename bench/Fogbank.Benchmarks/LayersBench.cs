using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Fogbank.Engines;
using Fogbank.Engines.Oci.Images;

namespace Fogbank.Benchmarks;

/// <summary>
/// How long it takes until an image of ten layers, 500 MB of this machine's own programs and documents, is ready to run once its
/// compressed layers are there; beside it, GNU tar with gzip on the same files, layer after layer.
/// </summary>
internal static class LayersBench
{
    private const long ImageBytes = 500_000_000;

    internal static async Task RunAsync(int rounds, string parent)
    {
        var folder = Path.Combine(parent, "fogbank-bench-layers");
        Run("rm", "-rf", folder);
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var (name, shares) in ((string, int[])[])[
                ("ten of 50 MB", [10, 10, 10, 10, 10, 10, 10, 10, 10, 10]), ("one of 300 MB, nine of 22 MB", [60, 5, 5, 5, 5, 4, 4, 4, 4, 4])])
            {
                var archives = Pack(folder, shares);
                var image = new ImageRoot { Layers = [.. archives.Select(Describe)] };
                await MeasureAsync(name, rounds, folder, archives, image);
            }
        }
        finally
        {
            Run("rm", "-rf", folder);
        }
    }

    private static async Task MeasureAsync(string name, int rounds, string folder, string[] archives, ImageRoot image)
    {
        List<double> tar = [], fogbank = [], ratios = [], tarCpu = [], fogbankCpu = [];
        for (var round = 0; round <= rounds; round++)
        {
            var (byTar, byTarCpu) = Tar(folder, archives);
            var (ours, oursCpu) = await CacheAsync(folder, image);
            if (round == 0)
            {
                continue; // the archives come from the disk, pages are touched for the first time
            }
            tar.Add(byTar);
            fogbank.Add(ours);
            ratios.Add(ours / byTar);
            tarCpu.Add(byTarCpu);
            fogbankCpu.Add(oursCpu);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {archives.Sum(path => new FileInfo(path).Length) / 1e6:F0} MB packed, {rounds} rounds, s, best/median: tar {tar.Min():F2}/{Median(tar):F2}, "
            + $"fogbank {fogbank.Min():F2}/{Median(fogbank):F2}, ratio {ratios.Min():F2}/{Median(ratios):F2}, "
            + $"CPU s {Median(tarCpu):F2} and {Median(fogbankCpu):F2}, most memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB"));
    }

    private static (double Seconds, double Cpu) Tar(string folder, string[] archives)
    {
        var target = Path.Combine(folder, "tar");
        var cpu = Cpu();
        var time = Stopwatch.StartNew();
        foreach (var (archive, i) in archives.Select((archive, i) => (archive, i)))
        {
            var layer = Directory.CreateDirectory(Path.Combine(target, i.ToString(CultureInfo.InvariantCulture))).FullName;
            Run("tar", "--numeric-owner", "-xzpf", archive, "-C", layer);
        }
        return End(time, cpu, target);
    }

    private static async Task<(double Seconds, double Cpu)> CacheAsync(string folder, ImageRoot image)
    {
        var target = Path.Combine(folder, "cache");
        var cpu = Cpu();
        var time = Stopwatch.StartNew();
        await using LayerCache cache = new(new() { Directory = target }, TimeProvider.System);
        using var lease = await cache.LeaseAsync(image, CancellationToken.None);
        return End(time, cpu, target);
    }

    private static (double, double) End(Stopwatch time, double cpu, string target)
    {
        var result = (time.Elapsed.TotalSeconds, Cpu() - cpu);
        Run("rm", "-rf", target);
        Run("sync"); // what one wrote is not the other's to wait for
        return result;
    }

    /// <summary>Processor time of this process and of those that it waited for, in seconds.</summary>
    private static double Cpu()
    {
        const int userTime = 14 - 3, ticksPerSecond = 100;
        var stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(userTime).Take(4).Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / (double)ticksPerSecond;
    }

    private static string[] Pack(string folder, int[] shares)
    {
        List<string> archives = [];
        using var files = Directory.EnumerateFiles("/usr", "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true })
            .Where(path => !path.Contains('\n', StringComparison.Ordinal) && new FileInfo(path).Length < 20_000_000).GetEnumerator();
        foreach (var share in shares)
        {
            List<string> layer = [];
            for (var bytes = 0L; bytes < ImageBytes * share / 100;)
            {
                if (!files.MoveNext())
                {
                    throw new InvalidOperationException("This machine has less than 500 MB below /usr.");
                }
                layer.Add(files.Current);
                bytes += new FileInfo(files.Current).Length;
            }
            var list = Path.Combine(folder, "list");
            File.WriteAllLines(list, layer);
            var archive = Path.Combine(folder, $"{shares.Length}-{shares[0]}-{archives.Count}.tar.gz");
            Run("tar", "--verbatim-files-from", "-P", "--hard-dereference", "-czf", archive, "-T", list);
            archives.Add(archive);
        }
        return [.. archives];
    }

    private static ImageLayer Describe(string archive)
    {
        using var packed = File.OpenRead(archive);
        var digest = Convert.ToHexStringLower(SHA256.HashData(packed));
        packed.Position = 0;
        using System.IO.Compression.GZipStream unpacked = new(packed, System.IO.Compression.CompressionMode.Decompress);
        return new()
        {
            Digest = digest,
            DiffId = Convert.ToHexStringLower(SHA256.HashData(unpacked)),
            Compression = LayerCompression.Gzip,
            SizeBytes = new FileInfo(archive).Length,
            OpenAsync = _ => new(new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous)),
        };
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Run(string file, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file}: {error}");
        }
    }
}
