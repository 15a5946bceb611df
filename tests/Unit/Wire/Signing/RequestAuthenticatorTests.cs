using Fogbank.Kernel;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.FrontDoor;
using Fogbank.Wire.Hosting;
using Fogbank.Wire.Routing;
using Fogbank.Wire.Signing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Unit.Wire.Signing;

public class RequestAuthenticatorTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RegionOptions Region = new() { DataDirectory = "/nonexistent", RegionKey = new byte[32] };
    private readonly FakeTimeProvider _time = new(Now);

    [Theory]
    [InlineData(Style.Json, "InvalidSignatureException", 403)]
    [InlineData(Style.Query, "SignatureDoesNotMatch", 403)]
    [InlineData(Style.S3, "SignatureDoesNotMatch", 403)]
    public async Task Issued_key_must_sign_right_in_open_mode_too(Style style, string code, int status)
    {
        var good = await AuthenticateAsync(Signed("AKIAISSUED", "secret"), style);
        Assert.Equal("arn:aws:iam::111122223333:user/ann", good.Principal.Arn);
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(Signed("AKIAISSUED", "wrong"), style));
        Assert.Equal((code, status), (error.Code.Name, error.Code.Status));
    }

    [Fact]
    public async Task Unknown_key_is_root_in_open_mode_and_refused_in_iam_mode()
    {
        var caller = await AuthenticateAsync(Signed("AKIAWHO", "whatever"), Style.Json);
        Assert.Equal("arn:aws:iam::000000000000:root", caller.Principal.Arn);
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(Signed("AKIAWHO", "whatever"), Style.Json, AuthMode.Iam));
        Assert.Equal("UnrecognizedClientException", error.Code.Name);
    }

    [Fact]
    public async Task Unsigned_request_is_root_in_open_mode_and_refused_in_iam_mode()
    {
        var facts = TestRequest.Of("POST", "/", "localhost");
        Assert.Equal(PrincipalKind.Root, (await AuthenticateAsync(facts, Style.Json)).Principal.Kind);
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(facts, Style.Query, AuthMode.Iam));
        Assert.Equal(("MissingAuthenticationToken", 403), (error.Code.Name, error.Code.Status));
    }

    [Theory]
    [InlineData(-6, Style.Json, "InvalidSignatureException")]
    [InlineData(6, Style.Json, "InvalidSignatureException")]
    [InlineData(-16, Style.S3, "RequestTimeTooSkewed")]
    public async Task Clock_beyond_the_allowed_skew_is_refused(int minutes, Style style, string code)
    {
        var facts = Signed("AKIAISSUED", "secret", Now.AddMinutes(minutes));
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(facts, style));
        Assert.Equal(code, error.Code.Name);
    }

    [Theory]
    [InlineData("AKIAINACTIVE", "UnrecognizedClientException")]
    [InlineData("ASIAEXPIRED", "ExpiredTokenException")]
    public async Task Inactive_and_expired_keys_are_refused(string key, string code)
    {
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(Signed(key, "secret"), Style.Json));
        Assert.Equal(code, error.Code.Name);
    }

    [Fact]
    public async Task Presigned_url_of_anybody_expires()
    {
        var facts = Presigned("AKIAWHO", "unknown");
        Assert.Equal(PrincipalKind.Root, (await AuthenticateAsync(facts, Style.S3)).Principal.Kind);
        _time.Advance(TimeSpan.FromMinutes(61));
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(facts, Style.S3));
        Assert.Equal(("AccessDenied", "Request has expired"), (error.Code.Name, error.Message));
        Assert.Equal("2030-01-01T13:00:00Z", error.Members["Expires"]);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("123456789012")]
    [InlineData("AKIAISSUED")]
    public async Task Presigned_url_whose_secret_is_known_does_not_survive_a_change(string key)
    {
        var secret = key == "AKIAISSUED" ? "secret" : "test";
        await AuthenticateAsync(Presigned(key, secret), Style.S3);
        var longer = Presigned(key, secret).RawTarget.Replace("X-Amz-Expires=3600", "X-Amz-Expires=7200", StringComparison.Ordinal);
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(TestRequest.Of("GET", longer, "localhost:4566"), Style.S3));
        Assert.Equal("SignatureDoesNotMatch", error.Code.Name);
    }

    /// <summary>The example of https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html, at a bucket of a host name.</summary>
    [Fact]
    public void Published_url_of_version_2_verifies()
    {
        var facts = TestRequest.Of(
            "GET",
            "/photos/puppy.jpg?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620",
            "johnsmith.s3.amazonaws.com");
        var (signature, _) = SignatureReader.Read(facts);
        Assert.Null(OldUrlSignature.Verify(facts, signature!, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "/johnsmith/photos/puppy.jpg"));
        Assert.NotNull(OldUrlSignature.Verify(facts, signature!, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "/johnsmith/photos/kitty.jpg"));
    }

    [Fact]
    public async Task Url_of_version_2_expires()
    {
        var facts = TestRequest.Of("GET", "/b/k?AWSAccessKeyId=AKIAWHO&Signature=x&Expires=1893499200", "localhost");
        Assert.Equal(PrincipalKind.Root, (await AuthenticateAsync(facts, Style.S3)).Principal.Kind);
        _time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(facts, Style.S3));
        Assert.Equal("Request has expired", error.Message);
    }

    [Fact]
    public async Task Header_that_tells_the_service_something_must_be_signed()
    {
        var facts = Signed("AKIAISSUED", "secret");
        facts.Request.Headers["x-amz-copy-source"] = "other/secret";
        var error = await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(facts, Style.S3));
        Assert.Equal("x-amz-copy-source", error.Members["HeadersNotSigned"]);
    }

    [Theory]
    [InlineData("US_EAST:1", "us-east-1")]
    [InlineData("aws-global", "us-east-1")]
    [InlineData("ap-southeast-2", "ap-southeast-2")]
    public async Task Region_of_the_scope_is_taken_only_where_it_looks_like_one(string signed, string region)
    {
        var facts = TestRequest.Of(
            "POST", "/", "localhost",
            ("x-amz-date", "20300101T120000Z"),
            ("Authorization", $"AWS4-HMAC-SHA256 Credential=AKIA/20300101/{signed}/sts/aws4_request, SignedHeaders=host, Signature=00"));
        var caller = await AuthenticateAsync(facts, Style.Query);
        Assert.Equal(region, caller.Scope.Region);
    }

    private async Task<Caller> AuthenticateAsync(RequestFacts facts, Style style, AuthMode mode = AuthMode.Open)
    {
        var authenticator = new RequestAuthenticator(mode, Region, new Keys(), _time);
        var (signature, problem) = SignatureReader.Read(facts);
        return await authenticator.AuthenticateAsync(
            new AuthenticationRequest
            {
                Facts = facts,
                Signature = signature,
                Problem = problem,
                Payload = PayloadPlan.Of(facts, signature),
                ResourcePath = facts.RawPath,
                Style = (ErrorStyle)style,
            },
            default,
            TestContext.Current.CancellationToken);
    }

    private static RequestFacts Signed(string key, string secret, DateTimeOffset? at = null)
    {
        var date = SigV4.FormatDate(at ?? Now);
        var scope = new CredentialScope(date[..8], "us-east-1", "s3");
        var facts = TestRequest.Of("GET", "/b/k", "localhost:4566", ("x-amz-date", date), ("x-amz-content-sha256", SigV4.EmptyPayloadHash));
        string[] signed = ["host", "x-amz-content-sha256", "x-amz-date"];
        var canonical = CanonicalRequest.Build(
            "GET", "/b/k", "", name => facts.Request.Headers[name].ToArray(), signed, SigV4.EmptyPayloadHash, isS3: true);
        var signature = SigV4.Sign(SigV4.DeriveKey(secret, scope), SigV4.StringToSign(date, scope, canonical));
        facts.Request.Headers.Authorization =
            $"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={string.Join(';', signed)}, Signature={signature}";
        return facts;
    }

    private static RequestFacts Presigned(string key, string secret)
    {
        var url = PresignedUrl.Create(
            "GET", new Uri("http://localhost:4566"), "/b/k", [], key, secret, null, "us-east-1", "s3", Now, TimeSpan.FromHours(1));
        return TestRequest.Of("GET", url.OriginalString["http://localhost:4566".Length..], "localhost:4566");
    }

    private sealed class Keys : IAuthenticator
    {
        private static readonly Principal Owner = new()
        {
            Kind = PrincipalKind.User,
            AccountId = "111122223333",
            Arn = "arn:aws:iam::111122223333:user/ann",
            UserId = "AIDA",
        };

        public ValueTask<IssuedKey?> FindAsync(string accessKeyId, string? sessionToken, CancellationToken cancellationToken) =>
            ValueTask.FromResult(accessKeyId switch
            {
                "AKIAISSUED" => new IssuedKey(Owner, "secret", null, true),
                "AKIAINACTIVE" => new IssuedKey(Owner, "secret", null, false),
                "ASIAEXPIRED" => new IssuedKey(Owner, "secret", Now, true),
                _ => null,
            });
    }
}

/// <summary>The styles of errors under a name that test cases can carry.</summary>
public enum Style
{
    S3 = (int)ErrorStyle.S3,
    Query = (int)ErrorStyle.Query,
    Json = (int)ErrorStyle.Json,
}
