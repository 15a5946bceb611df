using System.Net;
using System.Text.Json;
using Fogbank.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fogbank.Tests.Wire.FrontDoor;

public class InternalPageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_pages_tell_what_is_served()
    {
        await using var region = await TestRegion.StartAsync();
        using var own = JsonDocument.Parse(await region.Http.GetStringAsync("/_fogbank/health", Cancel));
        Assert.Equal("running", own.RootElement.GetProperty("status").GetString());
        using var compatible = JsonDocument.Parse(await region.Http.GetStringAsync("/_localstack/health", Cancel));
        var services = compatible.RootElement.GetProperty("services");
        Assert.Equal("running", services.GetProperty("s3").GetString());
        Assert.Equal("disabled", services.GetProperty("iam").GetString());
        Assert.Equal("disabled", services.GetProperty("dynamodb").GetString());
        Assert.Equal("1.2.3", compatible.RootElement.GetProperty("version").GetString());
        using var head = new HttpRequestMessage(HttpMethod.Head, "/_localstack/health");
        Assert.Equal(HttpStatusCode.OK, (await region.Http.SendAsync(head, Cancel)).StatusCode);
        using var info = JsonDocument.Parse(await region.Http.GetStringAsync("/_localstack/info", Cancel));
        Assert.Equal("community", info.RootElement.GetProperty("edition").GetString());
    }

    [Fact]
    public async Task Coverage_counts_what_the_tables_hold()
    {
        await using var region = await TestRegion.StartAsync();
        using var page = JsonDocument.Parse(await region.Http.GetStringAsync("/_fogbank/coverage", Cancel));
        var sts = page.RootElement.GetProperty("services").GetProperty("sts");
        Assert.Equal(["GetCallerIdentity"], sts.GetProperty("implemented").EnumerateArray().Select(name => name.GetString()!));
        Assert.True(page.RootElement.GetProperty("services").GetProperty("ec2").GetProperty("operations").GetInt32() > 500);
    }

    [Fact]
    public async Task Reset_reaches_the_service_that_was_named_and_no_other()
    {
        var s3 = new Resettable("s3");
        var logs = new Resettable("logs");
        await using var region = await TestRegion.StartAsync(add: services => services.AddSingleton<IResettable>(s3).AddSingleton<IResettable>(logs));
        var answer = await region.Http.PostAsync("/_fogbank/reset?service=s3&account=123456789012&region=eu-west-1", null, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([("123456789012", "eu-west-1")], s3.Resets);
        Assert.Empty(logs.Resets);
        await region.Http.PostAsync("/_localstack/state/reset", null, Cancel);
        Assert.Equal((null, null), Assert.Single(logs.Resets));
        Assert.Equal(HttpStatusCode.NotFound, (await region.Http.PostAsync("/_fogbank/reset?service=ec2", null, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await region.Http.PostAsync("/_fogbank/reset?account=me", null, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await region.Http.GetAsync("/_fogbank/reset", Cancel)).StatusCode);
        Assert.Equal(2, s3.Resets.Count);
    }

    [Theory]
    [InlineData("/_localstack/plugins")]
    [InlineData("/_fogbank/none")]
    [InlineData("/_aws/none")]
    public async Task Page_that_does_not_exist_is_404_and_no_bucket(string path)
    {
        await using var region = await TestRegion.StartAsync();
        var answer = await region.Http.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("NoSuchBucket", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private sealed class Resettable(string service) : IResettable
    {
        public List<(string? Account, string? Region)> Resets { get; } = [];

        public string Service => service;

        public ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken)
        {
            Resets.Add((accountId, region));
            return ValueTask.CompletedTask;
        }
    }
}
