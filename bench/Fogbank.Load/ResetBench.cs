using System.Diagnostics;
using System.Globalization;

namespace Fogbank.Load;

/// <summary><c>POST /_fogbank/reset</c> of a region with functions that have run, a role, buckets and objects; quiet, and while clients write objects.</summary>
internal static class ResetBench
{
    private const int Functions = 5;
    private const int Buckets = 5;
    private const int ObjectsOfEach = 40;

    public static async Task RunAsync(Settings settings, Report report)
    {
        var rounds = settings.Rounds(20);
        using var region = new Region(settings.Fogbank);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{region.Port}") };
        var quiet = await MeasureAsync(region, client, rounds);
        using var end = new CancellationTokenSource();
        var load = Enumerable.Range(0, 2).Select(i => Task.Run(() => WriteAsync(client, i, end.Token))).ToList();
        var loaded = await MeasureAsync(region, client, rounds);
        await end.CancelAsync();
        await Task.WhenAll(load);
        report.Title($"Reset of {Functions} functions that ran, a role, {Buckets} buckets with {ObjectsOfEach} objects each ({rounds} rounds)");
        report.Header("ms", "best", "p50", "highest");
        report.Row("quiet", Report.Number(quiet.Best), Report.Number(quiet.P50), Report.Number(quiet.Highest));
        report.Row("while two clients write objects", Report.Number(loaded.Best), Report.Number(loaded.P50), Report.Number(loaded.Highest));
    }

    private static async Task<Figures> MeasureAsync(Region region, HttpClient client, int rounds)
    {
        var figures = new Figures();
        for (var round = 0; round < rounds; round++)
        {
            await FillAsync(region, client);
            var at = Stopwatch.GetTimestamp();
            using var answer = await client.PostAsync("/_fogbank/reset", null);
            figures.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            answer.EnsureSuccessStatusCode();
            using var gone = await client.GetAsync("/bench-0");
            if (gone.StatusCode != System.Net.HttpStatusCode.NotFound)
            {
                throw new InvalidOperationException($"A bucket outlived the reset: {gone.StatusCode}.");
            }
        }

        return figures;
    }

    private static async Task FillAsync(Region region, HttpClient client)
    {
        region.CreateRole();
        for (var i = 0; i < Functions; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"reset-{i}");
            region.CreateFunction(name, 128);
            using var invoker = new RawClient(region.Port);
            if (invoker.Exchange(region.Invocation(name)).Status != 200)
            {
                throw new InvalidOperationException($"{name} did not run.");
            }
        }

        for (var i = 0; i < Buckets; i++)
        {
            await PutAsync(client, $"/bench-{i}", null, default);
            for (var j = 0; j < ObjectsOfEach; j++)
            {
                // Small ones lie in the database, large ones in files.
                await PutAsync(client, $"/bench-{i}/{j}", new ByteArrayContent(new byte[j % 2 == 0 ? 300 : 300_000]), default);
            }
        }
    }

    private static async Task WriteAsync(HttpClient client, int number, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            // The bucket goes with each reset: what is refused then is as good a load.
            await PutAsync(client, $"/load-{number}", null, cancellationToken, mayFail: true);
            await PutAsync(client, $"/load-{number}/{i % 50}", new ByteArrayContent(new byte[20_000]), cancellationToken, mayFail: true);
        }
    }

    private static async Task PutAsync(
        HttpClient client, string path, HttpContent? content, CancellationToken cancellationToken, bool mayFail = false)
    {
        try
        {
            using var answer = await client.PutAsync(path, content, cancellationToken);
            if (!mayFail)
            {
                answer.EnsureSuccessStatusCode();
            }
        }
        catch (OperationCanceledException) when (mayFail)
        {
            // The end of the load.
        }
    }
}
