using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fogbank.Load;

/// <summary>Push and pull beside Debian's <c>docker-registry</c> (distribution): an image of 500 MB, one of 2 MB a hundred times, and manifests alone.</summary>
internal static class RegistryBench
{
    private const int Megabyte = 1_000_000;
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    private sealed class Side
    {
        public required string Name { get; init; }

        public required int Port { get; init; }

        public required int Pid { get; init; }

        public Figures Push { get; } = new();

        public Figures Pull { get; } = new();

        public Figures SmallPush { get; } = new();

        public Figures SmallPull { get; } = new();

        public Figures Manifests { get; } = new();

        public Figures Heads { get; } = new();

        public Figures Anonymous { get; } = new();
    }

    private sealed record Image(IReadOnlyList<(byte[] Bytes, string Digest)> Blobs, byte[] Manifest);

    public static void Run(Settings settings, Report report)
    {
        var rounds = settings.Rounds(5);
        using var region = new Region(settings.Fogbank);
        var folder = Directory.CreateTempSubdirectory("fogbank-bench-registry").FullName;
        var port = Child.FreePort();
        var configuration = Path.Combine(folder, "config.yml");
        File.WriteAllText(configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            version: 0.1
            log: { level: error, accesslog: { disabled: true } }
            storage: { cache: { blobdescriptor: inmemory }, filesystem: { rootdirectory: {{folder}}/data }, delete: { enabled: true } }
            http: { addr: "127.0.0.1:{{port}}" }
            """));
        var peer = Child.Start(settings.Registry, port, ["serve", configuration]).WaitUntilAnswers("/v2/");
        Side[] sides =
        [
            new() { Name = "fogbank", Port = region.Port, Pid = region.Pid },
            new() { Name = "docker-registry", Port = port, Pid = peer.Pid },
        ];
        try
        {
            region.CreateRepository("bench");
            for (var round = 0; round < rounds; round++)
            {
                var (large, small) = (Make(round, 10, 50 * Megabyte), Make(round + 1000, 2, Megabyte));
                foreach (var side in round % 2 == 0 ? sides : [.. sides.Reverse()])
                {
                    Measure(side, large, small, TimeSpan.FromSeconds(settings.Seconds));
                }
            }
        }
        finally
        {
            peer.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        report.Title($"Registry ({rounds} rounds, interleaved)");
        report.Header("", "fogbank p50", "docker-registry p50", "ratio");
        Row(report, "push of 500 MB, ten layers (MB/s)", sides, static side => 500 / side.Push.P50);
        Row(report, "pull of it (MB/s)", sides, static side => 500 / side.Pull.P50);
        Row(report, "pushes of a 2 MB image (images/s)", sides, static side => 100 / side.SmallPush.P50);
        Row(report, "pulls of it (images/s)", sides, static side => 100 / side.SmallPull.P50);
        Row(report, "manifests by tag, GET (requests/s)", sides, static side => side.Manifests.P50);
        Row(report, "manifests by tag, HEAD (requests/s)", sides, static side => side.Heads.P50);
        Row(report, "anonymous memory, highest (MiB)", sides, static side => side.Anonymous.Highest);
    }

    private static void Row(Report report, string name, Side[] sides, Func<Side, double> value) => report.Row(
        name, Report.Number(value(sides[0])), Report.Number(value(sides[1])), Report.Number(value(sides[0]) / value(sides[1]), 2));

    private static void Measure(Side side, Image large, Image small, TimeSpan span)
    {
        using var client = new RegistryConnection(side.Port);
        side.Push.Add(Time(() => Push(client, large, "large")));
        side.Pull.Add(Time(() => Pull(client, large, "large")));
        side.Anonymous.Add(Child.Memory(side.Pid).Anonymous);

        // Of the hundred each has a blob of its own, made before the clock runs.
        var images = Enumerable.Range(0, 100).Select(i => Vary(small, i)).ToList();
        side.SmallPush.Add(Time(() => images.ForEach(image => Push(client, image, "small"))));
        side.SmallPull.Add(Time(() => images.ForEach(image => Pull(client, image, "small"))));
        side.Manifests.Add(Rate(client, "GET", span));
        side.Heads.Add(Rate(client, "HEAD", span));
        side.Anonymous.Add(Child.Memory(side.Pid).Anonymous);
    }

    private static void Push(RegistryConnection client, Image image, string tag)
    {
        foreach (var (bytes, digest) in image.Blobs)
        {
            client.PushBlob("bench", bytes, digest);
        }

        client.Expect(201, "PUT", $"/v2/bench/manifests/{tag}", image.Manifest, $"Content-Type: {ManifestType}\r\n");
    }

    private static void Pull(RegistryConnection client, Image image, string tag)
    {
        client.Expect(200, "GET", $"/v2/bench/manifests/{tag}", [], $"Accept: {ManifestType}\r\n");
        foreach (var (_, digest) in image.Blobs)
        {
            client.Expect(200, "GET", $"/v2/bench/blobs/{digest}", []);
        }
    }

    private static double Rate(RegistryConnection client, string method, TimeSpan span)
    {
        var (count, start) = (0, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(start) < span)
        {
            client.Expect(200, method, "/v2/bench/manifests/small", [], $"Accept: {ManifestType}\r\n");
            count++;
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Image Make(int seed, int layers, int size)
    {
        var random = new Random(seed);
        var blobs = new List<(byte[] Bytes, string Digest)>();
        for (var i = 0; i <= layers; i++)
        {
            var bytes = new byte[i == layers ? 2000 : size];
            random.NextBytes(bytes);
            blobs.Add((bytes, Digest(bytes)));
        }

        return new Image(blobs, Manifest(blobs));
    }

    /// <summary>The same image with another first layer.</summary>
    private static Image Vary(Image image, int number)
    {
        var blobs = image.Blobs.Select((blob, i) =>
        {
            var bytes = (byte[])blob.Bytes.Clone();
            BitConverter.TryWriteBytes(bytes, number + 1);
            return (bytes, Digest(bytes));
        }).ToList();
        return new Image(blobs, Manifest(blobs));
    }

    private static byte[] Manifest(List<(byte[] Bytes, string Digest)> blobs)
    {
        var (bytes, digest) = blobs[^1];
        var layers = blobs.Take(blobs.Count - 1).Select(static layer => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{layer.Digest}}","size":{{layer.Bytes.Length}}}"""));
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"schemaVersion":2,"mediaType":"{{ManifestType}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{digest}}","size":{{bytes.Length}}},"layers":[{{string.Join(',', layers)}}]}"""));
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
