using Fogbank.Wire.Hosting;
using Fogbank.Wire.WebProtection;
using Xunit;

namespace Fogbank.Tests.Unit.Wire.WebProtection;

public class PageGuardTests
{
    private static readonly PageGuard Guard = new(new RegionServerOptions
    {
        BaseDomain = "fog.example.com",
        AllowedHosts = ["cloud.corp", "*.wild.corp"],
        AllowedOrigins = ["https://app.example.com"],
    });

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("192.168.1.5", true)]
    [InlineData("localhost", true)]
    [InlineData("fogbank", true)]
    [InlineData("b.s3.localhost", true)]
    [InlineData("localhost.localstack.cloud", true)]
    [InlineData("x.execute-api.localhost.localstack.cloud", true)]
    [InlineData("lambda.us-east-1.amazonaws.com", true)]
    [InlineData("host.docker.internal", true)]
    [InlineData("abc.lambda-url.us-east-1.on.aws", true)]
    [InlineData("fog.example.com", true)]
    [InlineData("b.s3.fog.example.com", true)]
    [InlineData("cloud.corp", true)]
    [InlineData("a.wild.corp", true)]
    [InlineData("a.cloud.corp", false)]
    [InlineData("evil.com", false)]
    [InlineData("evillocalhost.com", false)]
    [InlineData("localhost.evil.com", false)]
    [InlineData("notamazonaws.com", false)]
    [InlineData("127.0.0.1.nip.io", false)]
    public void Only_own_names_are_answered(string host, bool isOwn) => Assert.Equal(isOwn, Guard.IsOwnHost(host));

    [Theory]
    [InlineData("https://app.example.com", "Allowed")]
    [InlineData("http://localhost:4566", "None")]
    [InlineData("https://localhost:4566", "Foreign")]
    [InlineData("http://localhost:3000", "Foreign")]
    [InlineData("http://app.example.com", "Foreign")]
    [InlineData("https://evil.com", "Foreign")]
    [InlineData("null", "Foreign")]
    [InlineData("http://localhost:4566.evil.com", "Foreign")]
    public void Origin_is_judged_by_scheme_host_and_port(string origin, string verdict)
    {
        var facts = TestRequest.Of("POST", "/", "localhost:4566", ("Origin", origin));
        facts.Request.Scheme = "http";
        Assert.Equal(verdict, Guard.Judge(facts).ToString());
    }

    [Theory]
    [InlineData("cross-site", "Foreign")]
    [InlineData("same-origin", "None")]
    [InlineData("none", "None")]
    public void Browser_that_sends_no_origin_is_judged_by_its_own_word(string site, string verdict) =>
        Assert.Equal(verdict, Guard.Judge(TestRequest.Of("GET", "/", "localhost:4566", ("Sec-Fetch-Site", site))).ToString());

    [Fact]
    public void Client_that_is_no_browser_is_let_in() =>
        Assert.Equal(PageOrigin.None, Guard.Judge(TestRequest.Of("POST", "/", "localhost:4566")));
}
