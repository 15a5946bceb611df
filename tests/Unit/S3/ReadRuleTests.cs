using Fogbank.Services.S3.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.S3;

public class ReadRuleTests
{
    private static readonly DateTimeOffset Modified = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Modified.AddDays(1);

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=1-3", 1, 3)]
    [InlineData("bytes=8-", 8, 2)]
    [InlineData("bytes=8-100", 8, 2)]
    [InlineData("bytes=-3", 7, 3)]
    [InlineData("bytes=-100", 0, 10)]
    public void One_range_is_honoured(string header, long first, long length)
    {
        Assert.True(ByteRange.TryParse(header, 10, out var range));
        Assert.Equal(new ByteRange(first, length), range);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("bytes=3-1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=")]
    [InlineData("lines=1-2")]
    public void Several_ranges_or_none_mean_the_whole(string? header)
    {
        Assert.True(ByteRange.TryParse(header, 10, out var range));
        Assert.Null(range);
    }

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=10-20", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-0", 0)]
    [InlineData("bytes=-1", 0)]
    public void A_range_behind_the_end_cannot_be_satisfied(string header, long size) => Assert.False(ByteRange.TryParse(header, size, out _));

    [Theory]
    [InlineData("0-8")]
    [InlineData("bytes=1-0")]
    [InlineData("bytes=-2")]
    [InlineData("bytes=1-")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("bytes=0--1")]
    public void A_copy_range_has_one_form_only(string header) => Assert.False(ByteRange.TryParseExact(header, out _));

    [Fact]
    public void A_tag_decides_alone_over_the_date_beside_it()
    {
        Assert.Null(Check(new("\"tag\"", null, null, Modified.AddDays(-1))));
        Assert.Null(Check(new(null, "\"other\"", Modified, null)));
    }

    [Fact]
    public void Failed_conditions_name_their_header()
    {
        Assert.Equal(new FailedCondition("If-Match", false), Check(new("\"other\"", null, null, null)));
        Assert.Equal(new FailedCondition("If-Unmodified-Since", false), Check(new(null, null, null, Modified.AddSeconds(-1))));
        Assert.Equal(new FailedCondition("If-None-Match", true), Check(new(null, "\"x\", \"tag\"", null, null)));
        Assert.Equal(new FailedCondition("If-None-Match", true), Check(new(null, "*", null, null)));
        Assert.Equal(new FailedCondition("If-Modified-Since", true), Check(new(null, null, Modified, null)));
    }

    [Fact]
    public void A_date_in_the_future_is_no_condition() => Assert.Null(Check(new(null, null, Now.AddDays(1), null)));

    [Fact]
    public void On_the_source_of_a_copy_every_failure_is_412() => Assert.Equal(
        new FailedCondition("x-amz-copy-source-If-None-Match", false),
        new Conditions(null, "tag", null, null).CheckCopySource("tag", Modified, Now));

    private static FailedCondition? Check(Conditions conditions) => conditions.CheckRead("tag", Modified, Now);
}
