using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Fogbank.Load;

/// <summary>The largest object that one request can bring, put and got whole and in parts, and the memory of the region meanwhile.</summary>
internal static partial class ObjectBench
{
    private const long Size = 5L * 1024 * 1024 * 1024;
    private const long PartSize = 64L * 1024 * 1024;
    private const int PartsAtOnce = 4;

    public static async Task RunAsync(Settings settings, Report report)
    {
        using var region = new Region(settings.Fogbank);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{region.Port}"), Timeout = Timeout.InfiniteTimeSpan };
        await SendAsync(client, HttpMethod.Put, "/bench", null);
        report.Title("An object of 5 GiB");
        report.Header("what", "seconds", "MiB/s", "RSS before (MiB)", "highest RSS", "highest anonymous");
        await MeasureAsync(region, report, "put, one request", () => SendAsync(client, HttpMethod.Put, "/bench/whole", Body(0, Size)));
        await MeasureAsync(region, report, "get", () => CheckAsync(client, "/bench/whole"));
        await MeasureAsync(region, report, $"put, parts of 64 MiB, {PartsAtOnce} at once", () => PutPartsAsync(client));
        await MeasureAsync(region, report, "get", () => CheckAsync(client, "/bench/parts"));
    }

    private static async Task MeasureAsync(Region region, Report report, string what, Func<Task> action)
    {
        var before = Child.Memory(region.Pid).Rss;
        double rss = before, anonymous = 0;
        using var end = new CancellationTokenSource();
        var sampling = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var now = Child.Memory(region.Pid);
                (rss, anonymous) = (Math.Max(rss, now.Rss), Math.Max(anonymous, now.Anonymous));
                await Task.Delay(100);
            }
        });
        var at = Stopwatch.GetTimestamp();
        await action();
        var seconds = Stopwatch.GetElapsedTime(at).TotalSeconds;
        await end.CancelAsync();
        await sampling;
        report.Row(
            what,
            Report.Number(seconds),
            Report.Number(Size / seconds / (1 << 20), 0),
            Report.Number(before),
            Report.Number(rss),
            Report.Number(anonymous));
    }

    private static async Task PutPartsAsync(HttpClient client)
    {
        var id = Tag("UploadId", await SendAsync(client, HttpMethod.Post, "/bench/parts?uploads", null));
        var tags = new string[Size / PartSize];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, tags.Length),
            new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce },
            async (i, cancellationToken) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"/bench/parts?partNumber={i + 1}&uploadId={id}"));
                request.Content = Body(i * PartSize, PartSize);
                using var answer = (await client.SendAsync(request, cancellationToken)).EnsureSuccessStatusCode();
                tags[i] = answer.Headers.ETag!.Tag;
            });
        var parts = string.Concat(tags.Select((tag, i) => string.Create(
            CultureInfo.InvariantCulture, $"<Part><PartNumber>{i + 1}</PartNumber><ETag>{tag.Replace("\"", "&quot;", StringComparison.Ordinal)}</ETag></Part>")));
        await SendAsync(
            client, HttpMethod.Post, $"/bench/parts?uploadId={id}", new StringContent($"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"));
    }

    private static async Task CheckAsync(HttpClient client, string path)
    {
        using var answer = (await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead)).EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[1 << 18];
        var offset = 0L;
        while (await body.ReadAsync(buffer) is > 0 and var count)
        {
            if (!PatternStream.Matches(buffer.AsSpan(0, count), offset))
            {
                throw new InvalidOperationException($"{path} differs before byte {offset + count}.");
            }

            offset += count;
        }

        if (offset != Size)
        {
            throw new InvalidOperationException($"{path} has {offset} bytes.");
        }
    }

    private static StreamContent Body(long offset, long size)
    {
        var content = new StreamContent(new PatternStream(offset + size) { Position = offset }, 1 << 18);
        content.Headers.ContentLength = size;
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }

    private static async Task<string> SendAsync(HttpClient client, HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? text : throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {text}");
    }

    private static string Tag(string name, string xml) =>
        Tags().Matches(xml).First(match => match.Groups[1].Value == name).Groups[2].Value;

    [GeneratedRegex("<(\\w+)>([^<]*)</")]
    private static partial Regex Tags();
}
