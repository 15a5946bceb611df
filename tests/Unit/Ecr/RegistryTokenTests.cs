using System.Text;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Tokens;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Unit.Ecr;

public sealed class RegistryTokenTests
{
    private static readonly Principal Role = new()
    {
        Kind = PrincipalKind.AssumedRole,
        AccountId = "111122223333",
        Arn = "arn:aws:sts::111122223333:assumed-role/deploy/ci",
        UserId = "AROAEXAMPLE:ci",
        RoleArn = "arn:aws:iam::111122223333:role/deploy",
        SessionPolicy = "{}",
    };

    [Fact]
    public async Task A_token_carries_its_caller_for_twelve_hours()
    {
        await using var api = await EcrApi.StartAsync();
        var data = Assert.Single((await api.SendAsync(new GetAuthorizationTokenRequest(), Role)).AuthorizationData!);
        Assert.Equal(api.Time.GetUtcNow() + TimeSpan.FromHours(12), data.ExpiresAt);
        var login = Encoding.UTF8.GetString(Convert.FromBase64String(data.AuthorizationToken!)).Split(':', 2);
        Assert.Equal("AWS", login[0]);
        var tokens = api.Get<IRegistryTokens>();
        Assert.Equal(new(RegistryTokenState.Valid, Role), tokens.Verify(login[1]));
        api.Time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.Equal(RegistryTokenState.Valid, tokens.Verify(login[1]).State);
        api.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(new(RegistryTokenState.Expired, null), tokens.Verify(login[1]));
    }

    [Fact]
    public void Only_what_this_region_made_is_a_token()
    {
        var time = new FakeTimeProvider();
        var tokens = new RegistryTokens(new RegionOptions { DataDirectory = "/", RegionKey = new byte[32] }, time);
        var elsewhere = new RegistryTokens(new RegionOptions { DataDirectory = "/", RegionKey = Enumerable.Repeat((byte)1, 32).ToArray() }, time);
        var token = tokens.Issue(Role).Password;
        Assert.Equal(RegistryTokenState.Valid, tokens.Verify(token).State);
        string[] others =
        [
            "", "test", token[..^4], token + "AAAA", token[..40] + (token[40] == 'A' ? 'B' : 'A') + token[41..],
            token + "\n\n!", elsewhere.Issue(Role).Password, new string('A', 1 << 20),
        ];
        Assert.All(others, other => Assert.Equal(new(RegistryTokenState.Invalid, null), tokens.Verify(other)));
    }

    [Theory]
    [InlineData(true, "000000000000", "http://000000000000.dkr.ecr.us-east-1.localhost:4566")]
    [InlineData(false, "000000000000", "http://127.0.0.1:4566")]
    [InlineData(false, "111122223333", "http://111122223333.dkr.ecr.us-east-1.localhost:4566")]
    public async Task The_login_address_is_one_that_works_on_this_machine(bool resolves, string account, string expected)
    {
        var address = new RegionAddress(new Uri("http://127.0.0.1:4566"));
        var endpoints = new ProxyEndpoints(
            new RegistryAddresses(address), address, new RegionOptions { DataDirectory = "/", RegionKey = new byte[32] }, (_, _) => Task.FromResult(resolves));
        Assert.Equal(new Uri(expected), await endpoints.OfAsync(new(account, "us-east-1"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_layer_link_opens_whole_or_not_at_all_and_ends()
    {
        var time = new FakeTimeProvider();
        var urls = new LayerUrls(new RegionOptions { DataDirectory = "/", RegionKey = new byte[32] }, time);
        var path = urls.Create(new Uri("http://127.0.0.1:4566"), new(new("111122223333", "eu-west-1"), "a/b"), "sha256:00").AbsolutePath;
        Assert.True(urls.TryOpen(path, out var link));
        Assert.Equal(("111122223333", "eu-west-1", "a/b", "sha256:00"), (link.AccountId, link.Region, link.Repository, link.Digest));
        Assert.False(urls.TryOpen(path[..^1], out _));
        Assert.False(urls.TryOpen(path + "/..", out _));
        Assert.False(urls.TryOpen(LayerUrls.PathPrefix, out _));
        time.Advance(TimeSpan.FromHours(1));
        Assert.True(urls.IsExpired(link));
    }
}
