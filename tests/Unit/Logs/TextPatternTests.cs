using Fogbank.Services.Logs.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.Logs;

public sealed class TextPatternTests
{
    [Theory]
    [InlineData("ERROR", "[ERROR] it broke", true)]
    [InlineData("ERROR", "[error] it broke", false)]
    [InlineData("ERROR ARGUMENTS", "ARGUMENTS then ERROR", true)]
    [InlineData("ERROR ARGUMENTS", "only ERROR", false)]
    [InlineData("?ERROR ?WARN", "a WARN", true)]
    [InlineData("?ERROR ?WARN", "fine", false)]
    [InlineData("ERROR -Exiting", "ERROR Exiting", false)]
    [InlineData("ERROR -Exiting", "ERROR staying", true)]
    [InlineData("\"INTERNAL SERVER ERROR\"", "an INTERNAL SERVER ERROR here", true)]
    [InlineData("\"INTERNAL SERVER ERROR\"", "INTERNAL ERROR SERVER", false)]
    [InlineData("\"say \\\"no\\\"\"", "they say \"no\" again", true)]
    [InlineData("%AUTHORIZ(ED|ING)%", "is AUTHORIZING", true)]
    [InlineData("%AUTHORIZ(ED|ING)%", "is AUTHORIZATION", false)]
    [InlineData("  ", "anything", true)]
    public void Terms_are_found_as_AWS_documents(string pattern, string message, bool found) =>
        Assert.Equal(found, TextPattern.Parse(pattern).IsMatch(message));

    [Theory]
    [InlineData("\"open")]
    [InlineData("%open")]
    [InlineData("%(%")]
    public void What_is_no_pattern_is_refused(string pattern) => Assert.Throws<FormatException>(() => TextPattern.Parse(pattern));
}
