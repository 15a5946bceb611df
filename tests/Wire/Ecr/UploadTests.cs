using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Control;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Reconcilers;
using Xunit;

namespace Fogbank.Tests.Wire.Ecr;

public sealed class UploadTests : IAsyncLifetime
{
    private const int WriterBuffer = 256 * 1024;

    private static readonly RepositoryKey App = new(new(EcrRegion.Account, "us-east-1"), "app");
    private EcrRegion _region = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private RegistryClient Client => _region.Client;

    public async ValueTask InitializeAsync()
    {
        _region = await EcrRegion.StartAsync();
        await _region.CreateAsync("app");
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task A_blob_is_pushed_in_one_body(int size)
    {
        var blob = RegistryClient.Bytes(size);
        var digest = await Client.PushAsync("app", blob);
        var answer = await Client.SendAsync("GET", $"/v2/app/blobs/{digest}");
        Assert.Equal((HttpStatusCode.OK, digest), (answer.Status, answer.Header("Docker-Content-Digest")));
        Assert.Equal(blob, answer.Body);
    }

    [Fact]
    public async Task A_blob_is_pushed_in_pieces_that_must_follow_each_other()
    {
        var blob = RegistryClient.Bytes(300_000);
        var place = await StartAsync();
        (await PatchAsync(place, blob[..100_000], "0-99999")).Must(HttpStatusCode.Accepted);
        var wrong = await PatchAsync(place, blob[150_000..], "150000-299999");
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "0-99999"), (wrong.Status, wrong.Header("Range")));
        var status = await Client.SendAsync("GET", place);
        Assert.Equal((HttpStatusCode.NoContent, "0-99999"), (status.Status, status.Header("Range")));
        (await PatchAsync(place, blob[100_000..200_000], "100000-199999")).Must(HttpStatusCode.Accepted);
        var digest = RegistryClient.Sha256(blob);
        (await Client.SendAsync("PUT", $"{place}?digest={digest}", blob[200_000..])).Must(HttpStatusCode.Created);
        Assert.Equal(blob, (await Client.SendAsync("GET", $"/v2/app/blobs/{digest}")).Body);
        Assert.Equal((404, "BLOB_UPLOAD_UNKNOWN"), Short(await Client.SendAsync("GET", place)));
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_restart()
    {
        var blob = RegistryClient.Bytes(300_000);
        var place = await StartAsync();
        (await PatchAsync(place, blob[..100_000], "0-99999")).Must(HttpStatusCode.Accepted);
        await _region.RestartAsync();
        Assert.Equal("0-99999", (await Client.SendAsync("GET", place)).Header("Range"));
        var digest = RegistryClient.Sha256(blob);
        (await Client.SendAsync("PUT", $"{place}?digest={digest}", blob[100_000..])).Must(HttpStatusCode.Created);
        Assert.Equal(blob, (await Client.SendAsync("GET", $"/v2/app/blobs/{digest}")).Body);
    }

    [Fact]
    public async Task A_body_that_breaks_off_leaves_what_arrived()
    {
        var blob = RegistryClient.Bytes(400_000);
        const int sent = 300_000;
        var place = await StartAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _region.Port, Cancel);
            var head = $"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {blob.Length}\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
            await socket.GetStream().WriteAsync(blob.AsMemory(0, sent), Cancel);
            await UntilReadAsync();
            socket.LingerState = new LingerOption(false, 0);
        }

        // The end of the connection is noticed at its own time: the offset must become one that the client can go on from.
        var have = await EventuallyAsync(async () => await SizeAsync(place) is > 0 and var size ? size : 0);
        Assert.InRange(have, WriterBuffer, sent);
        var digest = RegistryClient.Sha256(blob);
        var rest = await Client.SendAsync("PUT", $"{place}?digest={digest}", blob[have..], null, ("Content-Range", $"{have}-{blob.Length - 1}"));
        rest.Must(HttpStatusCode.Created);
        Assert.Equal(blob, (await Client.SendAsync("GET", $"/v2/app/blobs/{digest}")).Body);
    }

    [Fact]
    public async Task Whoever_comes_again_takes_over_from_a_connection_that_stands_still()
    {
        var blob = RegistryClient.Bytes(400_000);
        var place = await StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _region.Port, Cancel);
        var head = $"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {blob.Length}\r\nExpect: 100-continue\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), Cancel);
        // Told to go on, it has its turn: else it could be the one that comes again.
        await socket.GetStream().ReadExactlyAsync(new byte["HTTP/1.1 100 Continue\r\n\r\n".Length], Cancel);
        await socket.GetStream().WriteAsync(blob.AsMemory(0, 100), Cancel);
        var answer = await PatchAsync(place, blob[..10], "0-9");
        if (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // What the first one had sent counts.
            Assert.Equal("0-99", answer.Header("Range"));
            answer = await PatchAsync(place, blob[100..110], "100-109");
        }

        answer.Must(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_body_that_stands_still_is_given_up_and_an_upload_too()
    {
        var place = await StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _region.Port, Cancel);
        var sent = RegistryClient.Bytes(300_000);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"PATCH {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n"), Cancel);
        await socket.GetStream().WriteAsync(sent, Cancel);

        await UntilReadAsync(); // before that the clock must not run
        using var reader = new StreamReader(socket.GetStream());
        var answer = reader.ReadLineAsync(Cancel).AsTask();
        while (!answer.IsCompleted)
        {
            // Its patience begins anew with each read; a clock that ran on would end the upload itself.
            _region.Time.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(20), Cancel));
        }

        Assert.StartsWith("HTTP/1.1 408 ", await answer, StringComparison.Ordinal);
        var range = (await Client.SendAsync("GET", place)).Header("Range")!;
        Assert.StartsWith("0-", range, StringComparison.Ordinal);
        Assert.InRange(int.Parse(range[2..], CultureInfo.InvariantCulture), WriterBuffer - 1, sent.Length - 1);
        await _region.PassAsync(TimeSpan.FromHours(25), async () => (await Client.SendAsync("GET", place)).Status == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_was_renewed_after_it_fell_due_falls_due_again()
    {
        var place = await StartAsync();
        var digest = RegistryClient.Sha256([1]);
        (await Client.SendAsync("POST", $"/v2/app/blobs/uploads/?digest={digest}", [1])).Must(HttpStatusCode.Created);
        var row = Services.Ecr.Store.EcrStore.KeyOf(App);
        var upload = await new UploadReconciler(_region.Store, _region.Time).ReconcileAsync(row.Add(place[(place.LastIndexOf('/') + 1)..]), Cancel);
        Assert.Equal(Next.After(TimeSpan.FromHours(24)), upload);
        var link = await new LinkReconciler(_region.Store, _region.Time).ReconcileAsync(row.Add(digest), Cancel);
        Assert.Equal(Next.After(TimeSpan.FromHours(24)), link);
    }

    [Fact]
    public async Task Bytes_of_another_digest_are_refused_and_gone()
    {
        var digest = RegistryClient.Sha256([1]);
        var answer = await Client.SendAsync("POST", $"/v2/app/blobs/uploads/?digest={digest}", RegistryClient.Bytes(100_000));
        Assert.Equal((400, "DIGEST_INVALID"), Short(answer));
        var place = await StartAsync();
        (await PatchAsync(place, RegistryClient.Bytes(100_000), null)).Must(HttpStatusCode.Accepted);
        Assert.Equal((400, "DIGEST_INVALID"), Short(await Client.SendAsync("PUT", $"{place}?digest={digest}")));
        Assert.Equal((404, "BLOB_UNKNOWN"), Short(await Client.SendAsync("GET", $"/v2/app/blobs/{digest}")));
        Assert.Equal((404, "BLOB_UPLOAD_UNKNOWN"), Short(await Client.SendAsync("GET", place)));
        await EventuallyAsync(() => Task.FromResult(_region.BlobFiles().Length == 0 ? 1 : 0));
    }

    [Theory]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("sha256:ABCDEF")]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("")]
    public async Task Other_digests_are_refused(string digest)
    {
        var place = await StartAsync();
        Assert.Equal((400, "DIGEST_INVALID"), Short(await Client.SendAsync("PUT", $"{place}?digest={digest}", [1])));
        Assert.Equal((400, "DIGEST_INVALID"), Short(await Client.SendAsync("POST", $"/v2/app/blobs/uploads/?digest={digest}", [1])));
    }

    [Fact]
    public async Task A_blob_may_be_named_by_sha512()
    {
        var blob = RegistryClient.Bytes(50_000);
        var digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(blob));
        var place = await StartAsync();
        (await PatchAsync(place, blob, null)).Must(HttpStatusCode.Accepted);
        (await Client.SendAsync("PUT", $"{place}?digest={digest}")).Must(HttpStatusCode.Created);
        Assert.Equal(blob, (await Client.SendAsync("GET", $"/v2/app/blobs/{digest}")).Body);
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone()
    {
        var place = await StartAsync();
        (await PatchAsync(place, RegistryClient.Bytes(100_000), null)).Must(HttpStatusCode.Accepted);
        (await Client.SendAsync("DELETE", place)).Must(HttpStatusCode.NoContent);
        Assert.Equal((404, "BLOB_UPLOAD_UNKNOWN"), Short(await PatchAsync(place, [1], null)));
        Assert.Equal((404, "BLOB_UPLOAD_UNKNOWN"), Short(await Client.SendAsync("DELETE", place)));
        await EventuallyAsync(() => Task.FromResult(_region.BlobFiles().Length == 0 ? 1 : 0));
    }

    [Fact]
    public async Task A_blob_is_mounted_without_its_bytes_and_outlives_its_first_repository()
    {
        await _region.CreateAsync("other");
        var blob = RegistryClient.Bytes(100_000);
        var digest = await Client.PushAsync("app", blob);
        (await Client.SendAsync("POST", $"/v2/other/blobs/uploads/?mount={digest}&from=app")).Must(HttpStatusCode.Created);
        Assert.Single(_region.BlobFiles());
        await _region.Store.DeleteRepositoryAsync(App, force: true, CancellationToken.None);
        Assert.Equal(blob, (await Client.SendAsync("GET", $"/v2/other/blobs/{digest}")).Body);
        var missing = RegistryClient.Sha256([9]);
        var fallback = await Client.SendAsync("POST", $"/v2/other/blobs/uploads/?mount={missing}&from=app");
        Assert.Equal(HttpStatusCode.Accepted, fallback.Status);
        Assert.NotNull(fallback.Header("Location"));
    }

    [Fact]
    public async Task What_no_image_uses_goes_in_the_end_and_what_one_uses_stays()
    {
        var unused = await Client.PushAsync("app", RegistryClient.Bytes(100_000, 7));
        var (digest, _) = await Client.PushImageAsync("app", "v1");
        await _region.PassAsync(TimeSpan.FromHours(25), async () => await _region.Store.FindBlobAsync(App, unused, CancellationToken.None) is null);
        (await Client.SendAsync("GET", "/v2/app/manifests/v1")).Must(HttpStatusCode.OK);
        Assert.Single(_region.BlobFiles());
        (await Client.SendAsync("DELETE", $"/v2/app/manifests/{digest}")).Must(HttpStatusCode.Accepted);

        // A push under way was told that the layer is there: it stays for a while.
        var layer = RegistryClient.Sha256(RegistryClient.Bytes(30_000));
        (await Client.SendAsync("HEAD", $"/v2/app/blobs/{layer}")).Must(HttpStatusCode.OK);
        _region.Time.Advance(TimeSpan.FromHours(20));
        (await Client.SendAsync("HEAD", $"/v2/app/blobs/{layer}")).Must(HttpStatusCode.OK);
        await _region.PassAsync(TimeSpan.FromHours(25), () => Task.FromResult(_region.BlobFiles().Length == 0));
    }

    private async Task<string> StartAsync()
    {
        var answer = await Client.SendAsync("POST", "/v2/app/blobs/uploads/");
        answer.Must(HttpStatusCode.Accepted);
        return answer.Header("Location")!;
    }

    private Task<Answer> PatchAsync(string place, byte[] bytes, string? range) => range is null
        ? Client.SendAsync("PATCH", place, bytes)
        : Client.SendAsync("PATCH", place, bytes, null, ("Content-Range", range));

    /// <summary>Waits until a blob's writer has sent its first buffer to a file: so much, and more, was read of a body then.</summary>
    private Task<int> UntilReadAsync() =>
        EventuallyAsync(() => Task.FromResult(_region.BlobFiles().Any(file => new FileInfo(file).Length >= WriterBuffer) ? 1 : 0));

    private async Task<int> SizeAsync(string place)
    {
        var id = place[(place.LastIndexOf('/') + 1)..];
        var row = await _region.Store.Database.GetAsync(
            Services.Ecr.Store.EcrSchema.Uploads,
            Services.Ecr.Store.EcrStore.KeyOf(App).Add(id),
            CancellationToken.None);
        return (int)row.Value!.SizeBytes;
    }

    private static async Task<int> EventuallyAsync(Func<Task<int>> look)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        int seen;
        while ((seen = await look()) == 0)
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return seen;
    }

    private static (int Status, string Code) Short(Answer answer) => (answer.Error.Status, answer.Error.Code);
}
