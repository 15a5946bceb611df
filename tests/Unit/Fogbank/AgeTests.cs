using Fogbank.Client;
using Fogbank.CommandLine;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public class AgeTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86400)]
    public void Ages(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Age.Parse(text));

    [Fact]
    public void None_is_none() => Assert.Null(Age.Parse(null));

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("10")]
    [InlineData("-5m")]
    [InlineData("1,5m")]
    [InlineData("10 minutes")]
    [InlineData("9999999d")]
    public void What_is_no_age_is_said_with_an_example(string text) =>
        Assert.Contains("10m", Assert.Throws<CommandException>(() => Age.Parse(text)).Message, StringComparison.Ordinal);
}
