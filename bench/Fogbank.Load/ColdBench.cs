using System.Diagnostics;

namespace Fogbank.Load;

/// <summary>The first invocation of a function, beside the start of the same runtime client with the same function as a plain process.</summary>
internal static class ColdBench
{
    // Sporadic calls meet a kernel that has been idle, whose grace periods are then longer than those of a burst.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(150);

    public static void Run(Settings settings, Report report)
    {
        var rounds = settings.Rounds(30);
        Figures cold = new(), plain = new(), share = new();
        var folder = Directory.CreateTempSubdirectory("fogbank-bench").FullName;
        try
        {
            PythonRuntime.Prepare(settings, folder);
            using var region = new Region(settings.Fogbank);
            region.CreateRole();

            // The first function of a language also makes the machine ready for it, which is no cold start.
            Invoke(region, "first");
            PythonRuntime.TimeToFirstNext(settings, folder);
            for (var round = 0; round < rounds; round++)
            {
                Native.Nap(Gap);
                var floor = PythonRuntime.TimeToFirstNext(settings, folder);
                Native.Nap(Gap);
                var whole = Invoke(region, $"cold-{round}");
                cold.Add(whole);
                plain.Add(floor);
                share.Add(whole - floor);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        report.Title($"Cold start of a Python function ({MemoryMegabytes} MB, package of its own; {rounds} rounds, interleaved)");
        report.Header("ms", "p10", "p50", "highest");
        Row(report, "first invocation, whole", cold);
        Row(report, "interpreter and imports as a plain process", plain);
        report.Row("Fogbank's share (difference of the above)", Report.Number(cold.P10 - plain.P10), Report.Number(cold.P50 - plain.P50), "");
        Row(report, "difference within each round", share);
    }

    private const int MemoryMegabytes = 1769;

    private static void Row(Report report, string name, Figures figures) =>
        report.Row(name, Report.Number(figures.P10), Report.Number(figures.P50), Report.Number(figures.Highest));

    private static double Invoke(Region region, string name)
    {
        region.CreateFunction(name, MemoryMegabytes);
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
        return elapsed;
    }
}
