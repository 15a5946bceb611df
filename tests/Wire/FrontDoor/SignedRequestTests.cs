using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Kernel.Signing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Wire.FrontDoor;

/// <summary>Signatures over real connections: what the server hands on must be what the client signed.</summary>
public class SignedRequestTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/bucket/a%20b/../c//d%2Be")]
    [InlineData("/bucket/plain?versionId=1&x-id=PutObject")]
    public async Task Signed_put_is_its_owners(string target)
    {
        await using var region = await StartAsync();
        using var request = Sign(region, HttpMethod.Put, target, "s3", Hash("hello"), "hello"u8.ToArray());
        var answer = await SendAsync(region, request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(TestKeys.Owner, region.Seen.Context!.Principal);
        Assert.Equal("hello", Encoding.ASCII.GetString(region.Seen.Body));
    }

    [Fact]
    public async Task Body_other_than_the_signed_one_is_found_while_it_streams()
    {
        await using var region = await StartAsync();
        using var request = Sign(region, HttpMethod.Put, "/bucket/key", "s3", Hash("hello"), "hullo"u8.ToArray());
        var answer = await SendAsync(region, request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("<Code>XAmzContentSHA256Mismatch</Code>", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(0, region.Seen.Count);
    }

    [Fact]
    public async Task Form_that_was_changed_after_signing_is_refused()
    {
        await using var region = await StartAsync();
        var form = "Action=GetCallerIdentity&Version=2011-06-15";
        using var good = Sign(region, HttpMethod.Post, "/", "sts", null, Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded");
        Assert.Contains("user/ann", await (await SendAsync(region, good)).Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var bad = Sign(region, HttpMethod.Post, "/", "sts", null, Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded");
        bad.Content = new StringContent(form + "&x=1", Encoding.ASCII, "application/x-www-form-urlencoded");
        bad.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        var answer = await SendAsync(region, bad);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("<Code>SignatureDoesNotMatch</Code>", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunked_body_with_a_trailer_is_decoded_and_loses_its_encoding()
    {
        await using var region = await StartAsync();
        var body = "5\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32c:abcdef==\r\n\r\n"u8.ToArray();
        using var request = Sign(region, HttpMethod.Put, "/bucket/key", "s3", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", body);
        request.Content!.Headers.ContentEncoding.Add("gzip");
        request.Content.Headers.ContentEncoding.Add("aws-chunked");
        var answer = await SendAsync(region, request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("hello!", Encoding.ASCII.GetString(region.Seen.Body));
        Assert.Equal(("gzip", 6L, "abcdef=="), (region.Seen.ContentEncoding, region.Seen.ContentLength, region.Seen.Trailer));
        Assert.Equal(6, region.Seen.DecodedLength);
    }

    [Fact]
    public async Task Chunk_that_was_changed_under_way_is_SignatureDoesNotMatch()
    {
        await using var region = await StartAsync();
        using var request = Sign(region, HttpMethod.Put, "/bucket/key", "s3", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", []);
        var chunk = $"6;chunk-signature={new string('0', 64)}\r\nhello!\r\n0;chunk-signature={new string('0', 64)}\r\n\r\n";
        request.Content = new StringContent(chunk, Encoding.ASCII);
        request.Content.Headers.ContentType = null;
        var answer = await SendAsync(region, request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(0, region.Seen.Count);
    }

    [Fact]
    public async Task Presigned_put_works_until_it_expires()
    {
        var time = new FakeTimeProvider(Now);
        await using var region = await TestRegion.StartAsync(time: time);
        var url = PresignedUrl.Create(
            "PUT", region.Http.BaseAddress!, "/bucket/key", [], "test", "test", null, "us-east-1", "s3", Now, TimeSpan.FromMinutes(5));
        using var content = new ByteArrayContent([1, 2]);
        Assert.Equal(HttpStatusCode.OK, (await region.Http.PutAsync(url, content, Cancel)).StatusCode);
        time.Advance(TimeSpan.FromMinutes(6));
        using var late = new ByteArrayContent([1, 2]);
        var answer = await region.Http.PutAsync(url, late, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("<Message>Request has expired</Message>", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(1, region.Seen.Count);
    }

    [Fact]
    public async Task Signature_of_version_2_is_refused_with_words()
    {
        await using var region = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/bucket/key");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS AKIA:c2lnbmF0dXJl");
        var answer = await region.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Please use AWS4-HMAC-SHA256.", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Truncated_body_is_an_error_and_never_an_object()
    {
        await using var region = await StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, region.Port, Cancel);
        var stream = client.GetStream();
        await stream.WriteAsync("PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf"u8.ToArray(), Cancel);
        client.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        var answer = "";
        try
        {
            using var reader = new StreamReader(stream);
            answer = await reader.ReadToEndAsync(Cancel);
        }
        catch (IOException)
        {
            // A reset is an answer too: the request was not whole.
        }

        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal(0, region.Seen.Count);
    }

    private static Task<TestRegion> StartAsync() => TestRegion.StartAsync(time: new FakeTimeProvider(Now));

    private static string Hash(string body) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    private static Task<HttpResponseMessage> SendAsync(TestRegion region, HttpRequestMessage request) => region.Http.SendAsync(request, Cancel);

    private static HttpRequestMessage Sign(
        TestRegion region, HttpMethod method, string target, string service, string? payload, byte[] body, string? contentType = null)
    {
        var date = SigV4.FormatDate(Now);
        var scope = new CredentialScope(date[..8], "us-east-1", service);
        var mark = target.IndexOf('?', StringComparison.Ordinal);

        // The address must go out as it is signed, dots and all.
        var uri = new Uri($"http://127.0.0.1:{region.Port}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(method, uri) { Content = new ByteArrayContent(body) };
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = uri.Authority, ["x-amz-date"] = date };
        if (payload is not null)
        {
            headers["x-amz-content-sha256"] = payload;
        }

        if (payload?.StartsWith("STREAMING", StringComparison.Ordinal) is true)
        {
            headers["x-amz-decoded-content-length"] = "6";
            if (payload.EndsWith("TRAILER", StringComparison.Ordinal))
            {
                headers["x-amz-trailer"] = "x-amz-checksum-crc32c";
            }
        }

        if (contentType is not null)
        {
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
            headers["content-type"] = contentType;
        }

        var canonical = CanonicalRequest.Build(
            method.Method,
            mark < 0 ? target : target[..mark],
            mark < 0 ? "" : target[(mark + 1)..],
            name => [headers[name]],
            [.. headers.Keys],
            payload ?? SigV4.HashHex(body),
            service == "s3");
        var signature = SigV4.Sign(SigV4.DeriveKey(TestKeys.Secret, scope), SigV4.StringToSign(date, scope, canonical));
        foreach (var (name, value) in headers.Where(header => header.Key.StartsWith("x-amz", StringComparison.Ordinal)))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation(
            "Authorization",
            string.Create(CultureInfo.InvariantCulture, $"AWS4-HMAC-SHA256 Credential={TestKeys.KeyId}/{scope}, SignedHeaders={string.Join(';', headers.Keys)}, Signature={signature}"));
        return request;
    }
}
