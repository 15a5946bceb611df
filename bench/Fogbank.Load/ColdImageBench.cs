using System.Diagnostics;

namespace Fogbank.Load;

/// <summary>The first invocation of a function that is an image, beside that of one that is a package: same interpreter, client and handler.</summary>
internal static class ColdImageBench
{
    private const int MemoryMegabytes = 1769;

    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(150);

    public static void Run(Settings settings, Report report)
    {
        var rounds = settings.Rounds(30);
        Figures package = new(), image = new(), difference = new();
        var folder = Directory.CreateTempSubdirectory("fogbank-bench").FullName;
        try
        {
            PythonRuntime.Prepare(settings, folder);
            using var region = new Region(settings.Fogbank);
            region.CreateRole();
            region.CreateRepository("bench");
            PythonImage.Push(settings, folder, region.Port);

            // The first of each also makes the machine ready for it, which is no cold start.
            Package(region, "first");
            Image(region, "first-image");
            for (var round = 0; round < rounds; round++)
            {
                var one = Package(region, $"package-{round}");
                var other = Image(region, $"image-{round}");
                package.Add(one);
                image.Add(other);
                difference.Add(other - one);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        report.Title($"Cold start of a Python function from an image ({MemoryMegabytes} MB; {rounds} rounds, interleaved)");
        report.Header("ms", "p10", "p50", "highest");
        Row(report, "first invocation, package", package);
        Row(report, "first invocation, image", image);
        Row(report, "difference within each round", difference);
    }

    private static double Package(Region region, string name)
    {
        region.CreateFunction(name, MemoryMegabytes);
        return Invoke(region, name);
    }

    private static double Image(Region region, string name)
    {
        region.CreateImageFunction(name, MemoryMegabytes, "000000000000.dkr.ecr.us-east-1.amazonaws.com/bench:latest");
        return Invoke(region, name);
    }

    private static double Invoke(Region region, string name)
    {
        Native.Nap(Gap);
        var request = region.Invocation(name);
        using var client = new RawClient(region.Port);
        var at = Stopwatch.GetTimestamp();
        var (status, body) = client.Exchange(request);
        var elapsed = Stopwatch.GetElapsedTime(at).TotalMilliseconds;
        if (status != 200 || !body.Span.SequenceEqual("null"u8))
        {
            throw new InvalidOperationException($"{status}: {System.Text.Encoding.UTF8.GetString(body.Span)}");
        }

        region.DeleteFunction(name);

        // Until what it held is given back: that is work for the next round's processors, too.
        Native.Nap(Gap);
        return elapsed;
    }

    private static void Row(Report report, string name, Figures figures) =>
        report.Row(name, Report.Number(figures.P10), Report.Number(figures.P50), Report.Number(figures.Highest));
}
