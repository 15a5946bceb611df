using Fogbank.Services.Logs.Domain;
using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Unit.Logs;

public sealed class EventTokenTests
{
    [Fact]
    public void A_token_reads_back_as_itself()
    {
        var token = new EventToken('b', new LogPosition(1_700_000_000_123, 42));
        Assert.True(EventToken.TryParse(token.ToString(), out var back));
        Assert.Equal(token, back);
    }

    [Theory]
    [InlineData("")]
    [InlineData("f/1/s")]
    [InlineData("x/00000001700000000123000000000000000042/s")]
    [InlineData("f/-000000170000000012300000000000000000042/s")]
    public void Other_text_is_no_token(string text) => Assert.False(EventToken.TryParse(text, out _));
}
