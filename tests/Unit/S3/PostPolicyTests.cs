using System.Text;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.S3;

public class PostPolicyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Fields_as_the_policy_demands_pass()
    {
        var policy = Parse("""[{"bucket":"b"},["starts-with","$key","up/"],{"acl":"private"},["starts-with","$Content-Type","image/"]]""");
        policy.Check(Fields(("key", "up/x"), ("acl", "private"), ("content-type", "image/png"), ("x-ignore-me", "1"), ("policy", "p")), Now);
    }

    [Theory]
    [InlineData("""[["eq","$key","k"]]""", "key", "other", """Invalid according to Policy: Policy Condition failed: ["eq", "$key", "k"]""")]
    [InlineData("""[["starts-with","$key","up/"]]""", "key", "x", """Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "up/"]""")]
    [InlineData("""[{"acl":"private"}]""", "acl", "public-read", """Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "private"]""")]
    [InlineData("""[{"bucket":"b"}]""", "x-amz-meta-a", "1", "Invalid according to Policy: Extra input fields: x-amz-meta-a")]
    public void Fields_that_break_the_policy_are_denied(string conditions, string field, string value, string message)
    {
        var error = Assert.Throws<AwsException>(() => Parse(conditions).Check(Fields((field, value)), Now));
        Assert.Equal(("AccessDenied", message), (error.Code.Name, error.Message));
    }

    [Fact]
    public void An_old_policy_is_denied()
    {
        var error = Assert.Throws<AwsException>(() => Parse("[]").Check(Fields(), Now.AddHours(2)));
        Assert.Equal("Invalid according to Policy: Policy expired.", error.Message);
    }

    [Fact]
    public void The_length_of_the_file_has_its_range()
    {
        var policy = Parse("""[["content-length-range",5,"10"]]""");
        policy.CheckLength(5);
        Assert.Equal("EntityTooSmall", Assert.Throws<AwsException>(() => policy.CheckLength(4)).Code.Name);
        Assert.Equal("EntityTooLarge", Assert.Throws<AwsException>(() => policy.CheckLength(11)).Code.Name);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"conditions":[]}""")]
    [InlineData("""{"expiration":"2026-01-01T01:00:00Z"}""")]
    [InlineData("""{"expiration":"2026-01-01T01:00:00Z","conditions":[{"a":"1","b":"2"}]}""")]
    [InlineData("""{"expiration":"2026-01-01T01:00:00Z","conditions":[["no-such","$key","k"]]}""")]
    public void What_is_no_policy_is_refused(string json) => Assert.Equal(
        "InvalidPolicyDocument",
        Assert.Throws<AwsException>(() => PostPolicy.Parse(Convert.ToBase64String(Encoding.UTF8.GetBytes(json)))).Code.Name);

    private static PostPolicy Parse(string conditions) => PostPolicy.Parse(
        Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"expiration":"2026-01-01T01:00:00Z","conditions":{{conditions}}}""")));

    private static Dictionary<string, string> Fields(params (string Name, string Value)[] fields)
    {
        var all = fields.ToDictionary(field => field.Name, field => field.Value);
        all["bucket"] = "b";
        return all;
    }
}
