using Fogbank.Wire.Signing;
using Xunit;

namespace Fogbank.Tests.Unit.Wire.Signing;

public class SignatureReaderTests
{
    private const string Scope = "20130524/us-east-1/s3/aws4_request";
    private const string Query = "/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20130524T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00";

    [Fact]
    public void Request_without_a_signature_is_neither_signed_nor_wrong()
    {
        Assert.Equal((null, null), SignatureReader.Read(TestRequest.Of("GET", "/b/k?versionId=1", "localhost")));
    }

    [Theory]
    [InlineData("AWS AKIA:c2ln", (int)SignatureFault.UnsupportedVersion)]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=AKIA/20130524/s3/aws4_request", (int)SignatureFault.UnsupportedVersion)]
    [InlineData("Bearer token", (int)SignatureFault.UnsupportedScheme)]
    [InlineData("AWS4-HMAC-SHA256", (int)SignatureFault.Malformed)]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIA/" + Scope + ", SignedHeaders=host", (int)SignatureFault.Malformed)]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIA/x/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00", (int)SignatureFault.Malformed)]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIA/" + Scope + ", SignedHeaders=host, Signature=00", (int)SignatureFault.Malformed)]
    public void Header_that_cannot_be_judged_is_a_problem(string authorization, int fault)
    {
        var (signature, problem) = SignatureReader.Read(TestRequest.Of("GET", "/", "localhost", ("Authorization", authorization)));
        Assert.Null(signature);
        Assert.Equal((SignatureFault)fault, problem!.Fault);
    }

    [Theory]
    [InlineData("&X-Amz-Expires=-1", "X-Amz-Expires must be non-negative")]
    [InlineData("&X-Amz-Expires=soon", "X-Amz-Expires should be a number")]
    [InlineData("&X-Amz-Expires=604801", "must be less than a week")]
    [InlineData("&X-Amz-Expires=99999999999999999999", "X-Amz-Expires should be a number")]
    [InlineData("", "requires the X-Amz-Algorithm")]
    public void Life_time_of_a_presigned_url_is_checked(string expires, string message)
    {
        var (_, problem) = SignatureReader.Read(TestRequest.Of("GET", Query + expires, "localhost"));
        Assert.Equal(SignatureFault.MalformedQuery, problem!.Fault);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Date_header_stands_in_for_the_one_of_AWS()
    {
        var (signature, _) = SignatureReader.Read(TestRequest.Of(
            "GET", "/", "localhost",
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("Authorization", $"AWS4-HMAC-SHA256 Credential=A/B/{Scope},SignedHeaders=Host;Date,Signature=00")));
        Assert.Equal(("20130524T000000Z", "A/B"), (signature!.AmzDate, signature.AccessKeyId));
        Assert.Equal(["host", "date"], signature.SignedHeaders);
    }
}
