using System.Net;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Services.Ecr;
using Xunit;

namespace Fogbank.Tests.Wire.Ecr;

public sealed class AccessTests : IAsyncLifetime
{
    private const string Named = "000000000000.dkr.ecr.us-east-1.localhost";
    private EcrRegion _region = null!;

    private RegistryClient Client => _region.Client;

    public async ValueTask InitializeAsync()
    {
        _region = await EcrRegion.StartAsync();
        await _region.CreateAsync("app");
        await Client.PushImageAsync("app", "v1");
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task A_registry_name_asks_for_a_token_and_the_plain_address_does_not()
    {
        var answer = await GetAsync(Named, null);
        Assert.Equal((401, "UNAUTHORIZED", "Not Authorized"), answer.Error);
        Assert.Equal($"Basic realm=\"http://{Named}/\",service=\"ecr.amazonaws.com\"", answer.Header("WWW-Authenticate"));
        (await GetAsync(Named, Token("000000000000"))).Must(HttpStatusCode.OK);
        (await GetAsync("000000000000.dkr.ecr.us-east-1.amazonaws.com", Token("000000000000"))).Must(HttpStatusCode.OK);
        (await Client.SendAsync("GET", "/v2/app/manifests/v1")).Must(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("Basic !!!")]
    [InlineData("Basic QVdTOmFiYw==")]
    [InlineData("Basic")]
    public async Task Other_credentials_are_none(string authorization) =>
        Assert.Equal(401, (int)(await GetAsync(Named, authorization)).Status);

    [Fact]
    public async Task A_token_expires()
    {
        var token = Token("000000000000");
        _region.Time.Advance(TimeSpan.FromHours(12));
        var answer = await GetAsync(Named, token);
        Assert.Equal((403, "DENIED", "Your authorization token has expired. Reauthenticate and try again."), answer.Error);
    }

    [Fact]
    public async Task The_token_of_another_account_is_denied()
    {
        var answer = await GetAsync(Named, Token("111122223333"));
        Assert.Equal((403, "DENIED"), (answer.Error.Status, answer.Error.Code));
        Assert.StartsWith(
            "User: arn:aws:iam::111122223333:root is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:us-east-1:000000000000:repository/app",
            answer.Error.Message,
            StringComparison.Ordinal);
        var push = await Client.SendAsync("POST", "/v2/app/blobs/uploads/", null, null, ("Host", Named), ("Authorization", Token("111122223333")));
        Assert.Contains("ecr:InitiateLayerUpload", push.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plain_address_can_ask_too()
    {
        await using var locked = await EcrRegion.StartAsync(new EcrOptions { PlainAddressNeedsToken = true });
        await locked.CreateAsync("own", account: "111122223333");
        Assert.Equal(401, (int)(await locked.Client.SendAsync("GET", "/v2/")).Status);
        var token = Basic(locked.Tokens.Issue(Principal.Root("111122223333")).Password);
        Assert.Equal("""{"repositories":["own"]}""", (await locked.Client.SendAsync("GET", "/v2/_catalog", null, null, ("Authorization", token))).Text);
    }

    [Fact]
    public async Task A_web_page_is_refused()
    {
        var answer = await Client.SendAsync("GET", "/v2/_catalog", null, null, ("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Client.SendAsync("GET", "/v2/", null, null, ("Host", "evil.example"))).Status);
    }

    [Theory]
    [InlineData("GET", "/v2/UPPER/tags/list", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/a..b/tags/list", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/app%2F..%2Fx/tags/list", 400, "NAME_INVALID")]
    [InlineData("GET", "/v2/none/tags/list", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/none/manifests/v1", 404, "NAME_UNKNOWN")]
    [InlineData("GET", "/v2/app/manifests/none", 404, "MANIFEST_UNKNOWN")]
    [InlineData("GET", "/v2/app/manifests/-bad", 400, "TAG_INVALID")]
    [InlineData("GET", "/v2/app/manifests/sha256:12", 400, "TAG_INVALID")]
    [InlineData("GET", "/v2/app/blobs/sha256:12", 400, "DIGEST_INVALID")]
    [InlineData("GET", "/v2/app/referrers/latest", 400, "DIGEST_INVALID")]
    [InlineData("PATCH", "/v2/app/blobs/uploads/..%2F..%2Fetc", 404, "BLOB_UPLOAD_UNKNOWN")]
    [InlineData("POST", "/v2/app/manifests/v1", 405, "UNSUPPORTED")]
    [InlineData("PUT", "/v2/app/tags/list", 405, "UNSUPPORTED")]
    [InlineData("DELETE", "/v2/", 405, "UNSUPPORTED")]
    public async Task Each_wrong_request_has_its_error(string method, string path, int status, string code)
    {
        var answer = await Client.SendAsync(method, path, method is "GET" or "DELETE" ? null : []);
        Assert.True(answer.Header("Content-Type") == "application/json; charset=utf-8", $"{answer.Status} {answer.Text}");
        Assert.Equal((status, code), (answer.Error.Status, answer.Error.Code));
    }

    [Theory]
    [InlineData("bytes=0-9", 206, 0, 10)]
    [InlineData("bytes=100-", 206, 100, 900)]
    [InlineData("bytes=-10", 206, 990, 10)]
    [InlineData("bytes=990-5000", 206, 990, 10)]
    [InlineData("bytes=5-1", 200, 0, 1000)]
    [InlineData("bytes=0-1,5-6", 200, 0, 1000)]
    [InlineData("lines=0-1", 200, 0, 1000)]
    [InlineData("bytes=1000-", 416, 0, -1)]
    public async Task A_blob_is_read_in_ranges(string range, int status, int offset, int length)
    {
        var blob = RegistryClient.Bytes(1000);
        var digest = await Client.PushAsync("app", blob);
        var answer = await Client.SendAsync("GET", $"/v2/app/blobs/{digest}", null, null, ("Range", range));
        Assert.Equal(status, (int)answer.Status);
        if (status == 206)
        {
            Assert.Equal($"bytes {offset}-{offset + length - 1}/1000", answer.Header("Content-Range"));
        }

        if (length >= 0)
        {
            Assert.Equal(blob[offset..(offset + length)], answer.Body);
        }
    }

    private Task<Answer> GetAsync(string host, string? authorization) => authorization is null
        ? Client.SendAsync("GET", "/v2/app/manifests/v1", null, null, ("Host", host))
        : Client.SendAsync("GET", "/v2/app/manifests/v1", null, null, ("Host", host), ("Authorization", authorization));

    private string Token(string account) => Basic(_region.Tokens.Issue(Principal.Root(account)).Password);

    private static string Basic(string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"AWS:{password}"));
}
