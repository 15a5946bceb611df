using System.Net;
using System.Text;
using Fogbank.Kernel.Signing;
using Xunit;

namespace Fogbank.Tests.Wire.S3;

public sealed class FormTests : IAsyncLifetime
{
    private const string Credential = "test/20260101/us-east-1/s3/aws4_request";

    private S3Region _region = null!;
    private S3Client _bucket = null!;

    public async ValueTask InitializeAsync()
    {
        _region = await S3Region.StartAsync();
        _bucket = await S3Client.NewBucketAsync(_region);
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task A_signed_form_stores_its_file()
    {
        var answer = await PostAsync("hello", Signed(), ("success_action_status", "201"));
        Assert.Equal((HttpStatusCode.Created, "up/photo.jpg"), (answer.StatusCode, (await S3Client.XmlAsync(answer)).Element("Key")?.Value));
        Assert.Equal("hello", await S3Client.TextAsync(await _bucket.SendAsync("GET", "/up/photo.jpg")));
    }

    [Fact]
    public async Task A_form_can_send_the_browser_on()
    {
        var answer = await PostAsync("hello", Signed(), ("success_action_redirect", "http://example.com/done?x=1"));
        Assert.Equal(HttpStatusCode.RedirectMethod, answer.StatusCode);
        Assert.StartsWith($"http://example.com/done?x=1&bucket={_bucket.Bucket}&key=up%2Fphoto.jpg&etag=", answer.Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_breaks_its_policy_stores_nothing()
    {
        Assert.Equal((HttpStatusCode.BadRequest, "EntityTooLarge"), await S3Client.ErrorAsync(await PostAsync("elevenbytes", Signed())));
        Assert.Equal((HttpStatusCode.Forbidden, "AccessDenied"), await S3Client.ErrorAsync(await PostAsync("x", Signed(), ("x-amz-meta-extra", "1"))));
        Assert.Equal((HttpStatusCode.Forbidden, "SignatureDoesNotMatch"), await S3Client.ErrorAsync(await PostAsync("x", Signed(secret: "wrong"))));
        Assert.Equal((HttpStatusCode.Forbidden, "AccessDenied"), await S3Client.ErrorAsync(await PostAsync("x", Signed(expiration: "2020-01-01T00:00:00Z"))));
        Assert.Equal(HttpStatusCode.NotFound, (await _bucket.SendAsync("GET", "/up/photo.jpg")).StatusCode);
    }

    private (string Name, string Value)[] Signed(string secret = "test", string expiration = "2999-01-01T00:00:00Z")
    {
        var policy = Convert.ToBase64String(Encoding.UTF8.GetBytes(
            $$"""{"expiration":"{{expiration}}","conditions":[{"bucket":"{{_bucket.Bucket}}"},["starts-with","$key","up/"],["content-length-range",1,10],["starts-with","$success_action_status",""],["starts-with","$success_action_redirect",""],{"x-amz-algorithm":"AWS4-HMAC-SHA256"},{"x-amz-credential":"{{Credential}}"},{"x-amz-date":"20260101T000000Z"}]}"""));
        Assert.True(CredentialScope.TryParseCredential(Credential, out _, out var scope));
        return
        [
            ("key", "up/${filename}"), ("policy", policy), ("x-amz-algorithm", "AWS4-HMAC-SHA256"), ("x-amz-credential", Credential),
            ("x-amz-date", "20260101T000000Z"), ("x-amz-signature", SigV4.Sign(SigV4.DeriveKey(secret, scope), policy)),
        ];
    }

    private async Task<HttpResponseMessage> PostAsync(string file, (string Name, string Value)[] fields, params (string Name, string Value)[] more)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields.Concat(more))
        {
            form.Add(new StringContent(value), name);
        }

        form.Add(new StringContent(file), "file", "photo.jpg");
        return await _region.Http.PostAsync(new Uri($"/{_bucket.Bucket}", UriKind.Relative), form, TestContext.Current.CancellationToken);
    }
}
