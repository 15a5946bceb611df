using System.Globalization;

namespace Fogbank.Load;

/// <summary>From exec to the first answer, and memory at rest, beside the smallest program the platform's template makes.</summary>
internal static class StartBench
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    private sealed class Series
    {
        public Figures Wall { get; } = new();

        public Figures Cpu { get; } = new();

        public Figures Rss { get; } = new();

        public Figures Anonymous { get; } = new();
    }

    public static void Run(Settings settings, Report report)
    {
        var rounds = settings.Rounds(20);
        Series slim = new(), fresh = new(), existing = new();
        var kept = Directory.CreateTempSubdirectory("fogbank-bench").FullName;
        try
        {
            using (var region = new Region(settings.Fogbank, kept))
            {
                region.CreateRole();
                region.CreateFunction("kept", 128);
            }

            for (var round = 0; round < rounds; round++)
            {
                // Memory settles slowly, so it is looked at in every fifth round only.
                var looks = round % 5 == 0;
                Measure(slim, looks, port => Child.Start(settings.Slim, port, [port.ToString(CultureInfo.InvariantCulture)]), "/");
                Measure(existing, looks, port => Region.Start(settings.Fogbank, port, kept), "/_fogbank/health");
                var folder = Directory.CreateTempSubdirectory("fogbank-bench").FullName;
                Measure(fresh, looks, port => Region.Start(settings.Fogbank, port, folder), "/_fogbank/health");
                Directory.Delete(folder, recursive: true);
            }
        }
        finally
        {
            Directory.Delete(kept, recursive: true);
        }

        report.Title($"Start ({rounds} rounds, interleaved)");
        report.Header("program", "first answer p50 (ms)", "p10", "best", "CPU p50 (ms)", "idle RSS (MiB)", "of it anonymous", "p50 against slim");
        Row(report, "empty CreateSlimBuilder", slim, slim);
        Row(report, "fogbank, existing data", existing, slim);
        Row(report, "fogbank, fresh data folder", fresh, slim);
    }

    private static void Row(Report report, string name, Series series, Series slim) => report.Row(
        name,
        Report.Number(series.Wall.P50),
        Report.Number(series.Wall.P10),
        Report.Number(series.Wall.Best),
        Report.Number(series.Cpu.P50),
        Report.Number(series.Rss.P50),
        Report.Number(series.Anonymous.P50),
        Report.Number(series.Wall.P50 / slim.Wall.P50, 2));

    private static void Measure(Series series, bool looksAtMemory, Func<int, Child> start, string path)
    {
        using var child = start(Child.FreePort()).WaitUntilAnswers(path);
        series.Wall.Add(child.AnsweredMilliseconds);
        series.Cpu.Add(child.CpuMilliseconds);
        if (looksAtMemory)
        {
            Native.Nap(Rest);
            var (rss, anonymous) = child.Memory();
            series.Rss.Add(rss);
            series.Anonymous.Add(anonymous);
        }
    }
}
