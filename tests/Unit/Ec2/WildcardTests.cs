using System.Text.RegularExpressions;
using CsCheck;
using Fogbank.Services.Ec2.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.Ec2;

public sealed class WildcardTests
{
    [Theory]
    [InlineData("a*", "abc", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "x", false)]
    [InlineData("", "", true)]
    [InlineData("*", "", true)]
    [InlineData("ABC", "abc", false)]
    public void Matches(string pattern, string text, bool isMatch) => Assert.Equal(isMatch, Wildcard.Matches(pattern, text));

    [Fact]
    public void It_does_what_a_regular_expression_does() =>
        Gen.Select(Gen.String[Gen.Char["ab*?"], 0, 8], Gen.String[Gen.Char["ab"], 0, 8]).Sample((pattern, text) =>
        {
            var expression = $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$";
            Assert.Equal(Regex.IsMatch(text, expression), Wildcard.Matches(pattern, text));
        });
}
