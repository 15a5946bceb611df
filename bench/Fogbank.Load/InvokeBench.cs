using System.Diagnostics;

namespace Fogbank.Load;

/// <summary>Warm synchronous invocations a second, beside a bare web server in front of the same runtime client.</summary>
internal static class InvokeBench
{
    private const int MemoryMegabytes = 1769;
    private const int MostClients = 4;

    public static void Run(Settings settings, Report report)
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-bench").FullName;
        var runtimes = new List<PythonRuntime>();
        try
        {
            PythonRuntime.Prepare(settings, folder);
            using var region = new Region(settings.Fogbank);
            region.CreateRole();
            region.CreateFunction("noop", MemoryMegabytes);
            int clientPort = Child.FreePort(), runtimePort = Child.FreePort();
            using var floor = Child.Start(settings.Floor, clientPort, [$"{clientPort}", $"{runtimePort}"]);
            WaitFor(runtimePort, static _ => { });
            for (var i = 0; i < MostClients; i++)
            {
                runtimes.Add(PythonRuntime.Start(settings, folder, runtimePort));
            }

            WaitFor(clientPort, client => client.Exchange(Region.Invocation(clientPort, "noop")));
            Compare(settings, report, region.Port, clientPort);
        }
        finally
        {
            runtimes.ForEach(static runtime => runtime.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(Settings settings, Report report, int fogbank, int floor)
    {
        const int rounds = 5;
        var seconds = TimeSpan.FromSeconds(settings.Seconds);
        report.Title($"Warm invoke (no-op Python, {MemoryMegabytes} MB; {rounds} rounds of {seconds.TotalSeconds} s, interleaved)");
        report.Header("clients", "fogbank best (/s)", "p50 (/s)", "latency p50 / p99 (µs)", "floor best (/s)", "p50 (/s)", "latency p50 / p99 (µs)", "best against best", "ratio of each round");
        foreach (var clients in (int[])[1, MostClients])
        {
            // Environments and connections are made before the clock starts.
            Drive(fogbank, clients, TimeSpan.FromSeconds(1));
            Drive(floor, clients, TimeSpan.FromSeconds(1));
            var ours = new List<Outcome>();
            var theirs = new List<Outcome>();
            for (var round = 0; round < rounds; round++)
            {
                ours.Add(Drive(fogbank, clients, seconds));
                theirs.Add(Drive(floor, clients, seconds));
            }

            var best = ours.MaxBy(static run => run.Rate)!;
            var bestFloor = theirs.MaxBy(static run => run.Rate)!;
            report.Row(
                $"{clients}",
                Report.Number(best.Rate, 0),
                Report.Number(Middle(ours), 0),
                $"{Report.Number(best.P50, 0)} / {Report.Number(best.P99, 0)}",
                Report.Number(bestFloor.Rate, 0),
                Report.Number(Middle(theirs), 0),
                $"{Report.Number(bestFloor.P50, 0)} / {Report.Number(bestFloor.P99, 0)}",
                Report.Number(best.Rate / bestFloor.Rate, 2),
                string.Join(" ", ours.Zip(theirs, static (our, their) => Report.Number(our.Rate / their.Rate, 2))));
        }
    }

    private sealed record Outcome(double Rate, double P50, double P99);

    private static double Middle(List<Outcome> runs) => runs.Select(static run => run.Rate).Order().ElementAt(runs.Count / 2);

    private static Outcome Drive(int port, int clients, TimeSpan time)
    {
        var latencies = new List<long>[clients];
        var threads = new Thread[clients];
        Exception? failure = null;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < clients; i++)
        {
            var own = latencies[i] = new List<long>(1 << 16);
            threads[i] = new Thread(() =>
            {
                try
                {
                    using var client = new RawClient(port);
                    var request = Region.Invocation(port, "noop");
                    var end = started + (long)(time.TotalSeconds * Stopwatch.Frequency);
                    for (var at = Stopwatch.GetTimestamp(); at < end;)
                    {
                        var (status, body) = client.Exchange(request);
                        if (status != 200 || !body.Span.SequenceEqual("null"u8))
                        {
                            throw new InvalidOperationException($"{status}: {System.Text.Encoding.UTF8.GetString(body.Span)}");
                        }

                        var now = Stopwatch.GetTimestamp();
                        own.Add(now - at);
                        at = now;
                    }
                }
                catch (Exception error)
                {
                    failure = error;
                }
            });
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        if (failure is not null)
        {
            throw new InvalidOperationException("A client failed.", failure);
        }

        var all = latencies.SelectMany(static own => own).Order().ToList();
        return new(all.Count / elapsed.TotalSeconds, Micros(all[all.Count / 2]), Micros(all[(int)(all.Count * 0.99)]));
    }

    private static double Micros(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private static void WaitFor(int port, Action<RawClient> use)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new RawClient(port);
                use(client);
                return;
            }
            catch (Exception) when (attempt < 1000)
            {
                Native.Nap(TimeSpan.FromMilliseconds(10));
            }
        }
    }
}
