using System.Net.Http.Headers;
using System.Text;
using Fogbank.Client;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public class AwsAnswerTests
{
    [Fact]
    public void Rest_json_names_the_code_in_a_header() => Assert.Equal(
        ("ResourceNotFoundException", "Function not found"),
        Answer("""{"Type":"User","Message":"Function not found"}""", "ResourceNotFoundException:http://internal.amazon.com/x/").Error());

    [Fact]
    public void Json_names_it_in_the_body_behind_its_namespace() => Assert.Equal(
        ("ResourceNotFoundException", "no group"),
        Answer("""{"__type":"com.amazonaws.logs#ResourceNotFoundException","message":"no group"}""").Error());

    [Fact]
    public void Query_wraps_it_in_XML() => Assert.Equal(
        ("EntityAlreadyExists", "Role exists"),
        Answer(
            """
            <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>EntityAlreadyExists</Code><Message>Role exists</Message></Error></ErrorResponse>
            """).Error());

    [Fact]
    public void S3_puts_it_at_the_root() => Assert.Equal(
        ("NoSuchBucket", "gone"), Answer("<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>gone</Message></Error>").Error());

    [Fact]
    public void The_regions_own_pages_have_a_message_alone() =>
        Assert.Equal(("HTTP 400", "no such service"), Answer("""{"message": "no such service"}""").Error());

    [Theory]
    [InlineData("<html><body>502 Bad Gateway<br></body>")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("")]
    [InlineData("""{"message":3}""")]
    public void What_no_service_of_AWS_says_is_shown_with_its_status(string body)
    {
        var (code, message) = Answer(body).Error();
        Assert.Equal("Unknown", code);
        Assert.StartsWith("HTTP 400", message, StringComparison.Ordinal);
    }

    private static AwsAnswer Answer(string body, string? errorType = null)
    {
        using var response = new HttpResponseMessage();
        HttpResponseHeaders headers = response.Headers;
        if (errorType is not null)
        {
            headers.TryAddWithoutValidation("x-amzn-ErrorType", errorType);
        }

        return new AwsAnswer(400, headers, Encoding.UTF8.GetBytes(body));
    }
}
