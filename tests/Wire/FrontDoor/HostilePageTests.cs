using System.Net;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Wire.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fogbank.Tests.Wire.FrontDoor;

/// <summary>What a web page can make the browser of a developer send.</summary>
public class HostilePageTests
{
    private const string Page = "https://evil.example";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Simple_cross_site_post_does_not_reach_an_operation()
    {
        await using var region = await TestRegion.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/2015-03-31/functions/f/invocations")
        {
            Content = new StringContent("{}", Encoding.UTF8, "text/plain"),
        };
        request.Headers.Add("Origin", Page);
        await AssertRefusedAsync(region, request);
    }

    [Fact]
    public async Task Form_does_not_reach_an_operation()
    {
        await using var region = await TestRegion.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new FormUrlEncodedContent([new("Action", "GetCallerIdentity"), new("Version", "2011-06-15")]),
        };
        request.Headers.Add("Origin", Page);
        await AssertRefusedAsync(region, request);
    }

    [Fact]
    public async Task Opaque_origin_does_not_reach_an_operation()
    {
        await using var region = await TestRegion.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/bucket/key") { Content = new ByteArrayContent([1]) };
        request.Headers.Add("Origin", "null");
        await AssertRefusedAsync(region, request);
    }

    [Fact]
    public async Task Image_or_link_of_another_site_does_not_reach_an_operation()
    {
        await using var region = await TestRegion.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/?Action=GetCallerIdentity&Version=2011-06-15");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        await AssertRefusedAsync(region, request);
    }

    [Theory]
    [InlineData("/_fogbank/reset")]
    [InlineData("/_localstack/state/reset")]
    public async Task Page_cannot_reset_the_region(string path)
    {
        await using var region = await TestRegion.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("Origin", Page);
        await AssertRefusedAsync(region, request);
    }

    [Fact]
    public async Task Rebound_name_is_refused_although_the_browser_takes_it_for_the_same_origin()
    {
        await using var region = await TestRegion.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, "/bucket/key") { Content = new ByteArrayContent([1]) };
        request.Headers.Host = $"evil.example:{region.Port}";
        request.Headers.Add("Origin", $"http://evil.example:{region.Port}");
        await AssertRefusedAsync(region, request);
    }

    [Fact]
    public async Task Preflight_of_a_page_gets_no_permission()
    {
        await using var region = await TestRegion.StartAsync();
        using var request = Preflight("/2015-03-31/functions", Page, "POST");
        await AssertRefusedAsync(region, request);
    }

    [Fact]
    public async Task Allowed_origin_is_served_and_may_read_the_answer()
    {
        await using var region = await TestRegion.StartAsync(new RegionServerOptions { AllowedOrigins = ["http://localhost:3000"] });
        using var preflight = Preflight("/bucket/key", "http://localhost:3000", "PUT");
        var permission = await region.Http.SendAsync(preflight, Cancel);
        Assert.Equal(HttpStatusCode.NoContent, permission.StatusCode);
        Assert.Equal("http://localhost:3000", permission.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var put = new HttpRequestMessage(HttpMethod.Put, "/bucket/key") { Content = new ByteArrayContent([1]) };
        put.Headers.Add("Origin", "http://localhost:3000");
        var answer = await region.Http.SendAsync(put, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("http://localhost:3000", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(1, region.Seen.Count);
    }

    [Fact]
    public async Task Rules_of_a_bucket_admit_a_page_to_that_bucket_only()
    {
        await using var region = await TestRegion.StartAsync(add: services => services.AddSingleton<ICorsPolicySource, Rules>());
        using var preflight = Preflight("/open/key", "https://app.example", "PUT");
        var permission = await region.Http.SendAsync(preflight, Cancel);
        Assert.Equal(HttpStatusCode.OK, permission.StatusCode);
        Assert.Equal("PUT", permission.Headers.GetValues("Access-Control-Allow-Methods").Single());
        using var put = new HttpRequestMessage(HttpMethod.Put, "/open/key") { Content = new ByteArrayContent([1]) };
        put.Headers.Add("Origin", "https://app.example");
        var answer = await region.Http.SendAsync(put, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("https://app.example", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Equal(1, region.Seen.Count);

        using var other = new HttpRequestMessage(HttpMethod.Put, "/closed/key") { Content = new ByteArrayContent([1]) };
        other.Headers.Add("Origin", "https://app.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await region.Http.SendAsync(other, Cancel)).StatusCode);
        using var invoke = new HttpRequestMessage(HttpMethod.Post, "/2015-03-31/functions/open/invocations") { Content = new ByteArrayContent([1]) };
        invoke.Headers.Add("Origin", "https://app.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await region.Http.SendAsync(invoke, Cancel)).StatusCode);
        using var refused = Preflight("/closed/key", "https://app.example", "PUT");
        var refusal = await region.Http.SendAsync(refused, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, refusal.StatusCode);
        Assert.Contains("<Code>AccessForbidden</Code>", await refusal.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(1, region.Seen.Count);
    }

    private static HttpRequestMessage Preflight(string path, string origin, string method)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        return request;
    }

    private static async Task AssertRefusedAsync(TestRegion region, HttpRequestMessage request)
    {
        var answer = await region.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(0, region.Seen.Count);
    }

    private sealed class Rules : ICorsPolicySource
    {
        public ValueTask<CorsDecision> DecideAsync(
            string bucket, string origin, string method, IReadOnlyList<string> requestHeaders, CancellationToken cancellationToken) =>
            ValueTask.FromResult(bucket == "open" && origin == "https://app.example"
                ? new CorsDecision(true, [new("Access-Control-Allow-Origin", origin), new("Access-Control-Allow-Methods", method)], null)
                : CorsDecision.Refused("CORSResponse: CORS is not enabled for this bucket."));
    }
}
