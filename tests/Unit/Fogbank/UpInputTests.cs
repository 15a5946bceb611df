using System.Net;
using Fogbank.Settings;
using Fogbank.Store;
using Fogbank.Wire.Hosting;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public class UpInputTests
{
    [Fact]
    public void Without_a_word_it_is_this_machine_alone_on_4566()
    {
        var settings = new UpInput().Check(out var problems);
        Assert.Empty(problems);
        Assert.NotNull(settings);
        Assert.Equal([IPAddress.Loopback], settings.Addresses);
        Assert.Equal(
            (4566, false, Durability.Process, "us-east-1", "000000000000", AuthMode.Open, false),
            (settings.Port, settings.Memory, settings.Durability, settings.Region, settings.AccountId, settings.Auth, settings.Unisolated));
        Assert.Equal(UpInput.DefaultDataDirectory(), settings.DataDirectory);
    }

    [Fact]
    public void All_problems_are_found_at_once()
    {
        var input = new UpInput
        {
            Host = "example.com",
            Port = "65536",
            State = "tape",
            Durability = "luck",
            Region = "Frankfurt",
            Account = "12",
            Auth = "maybe",
            Isolation = "total",
        };
        Assert.Null(input.Check(out var problems));
        string[] options = ["--host", "--port", "--state", "--region", "--account", "--auth", "--durability", "--isolation"];
        Assert.Equal(options, problems.Select(problem => problem.Split(' ')[0]));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.168.1.2")]
    public void Off_loopback_auth_must_be_said(string host)
    {
        Assert.Null(new UpInput { Host = host }.Check(out var problems));
        Assert.Contains("--auth open", Assert.Single(problems), StringComparison.Ordinal);
        Assert.NotNull(new UpInput { Host = host, Auth = "open" }.Check(out _));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    public void On_loopback_nothing_must_be_said(string host) => Assert.NotNull(new UpInput { Host = host }.Check(out _));

    [Fact]
    public void What_is_not_built_is_not_promised()
    {
        Assert.Null(new UpInput { Auth = "iam" }.Check(out var problems));
        Assert.Contains("not built", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void State_in_memory_has_no_folder()
    {
        Assert.Null(new UpInput { State = "memory", DataDirectory = "/x" }.Check(out var problems));
        Assert.Single(problems);
        Assert.Null(new UpInput { State = "memory" }.Check(out _)!.DataDirectory);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("+80")]
    [InlineData(" 80")]
    [InlineData("99999999999")]
    [InlineData("http")]
    public void Ports_that_are_none(string port)
    {
        Assert.Null(new UpInput { Port = port }.Check(out var problems));
        Assert.StartsWith("--port", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_folder_without_a_name_is_none(string folder) => Assert.Null(new UpInput { DataDirectory = folder }.Check(out _));

    [Theory]
    [InlineData("localhost:3000")]
    [InlineData("http://localhost:3000/")]
    [InlineData("*")]
    public void Origins_that_are_none(string origin)
    {
        Assert.Null(new UpInput { AllowedOrigins = ["http://localhost:3000", origin] }.Check(out var problems));
        Assert.StartsWith($"--allow-origin {origin}:", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("us-east-1")]
    [InlineData("us-gov-west-1")]
    [InlineData("ap-southeast-3")]
    public void Regions_of_any_partition(string region) => Assert.Equal(region, new UpInput { Region = region }.Check(out _)!.Region);
}
