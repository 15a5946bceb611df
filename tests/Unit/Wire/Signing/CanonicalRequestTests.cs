using CsCheck;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.Signing;
using Xunit;

namespace Fogbank.Tests.Unit.Wire.Signing;

public class CanonicalRequestTests
{
    [Theory]
    [InlineData("/a//b/../c", "/a//b/../c")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/a(b)+c", "/a%28b%29%2Bc")]
    [InlineData("/a%2fb", "/a%2Fb")]
    [InlineData("/%7Euser", "/~user")]
    [InlineData("/ü", "/%C3%BC")]
    [InlineData("", "/")]
    public void Path_of_S3_is_encoded_once_and_keeps_its_dots(string raw, string canonical) =>
        Assert.Equal(canonical, CanonicalRequest.Path(raw, isS3: true));

    [Theory]
    [InlineData("/2015-03-31/functions/arn%3Aaws%3Alambda/x", "/2015-03-31/functions/arn%253Aaws%253Alambda/x")]
    [InlineData("/a/./b/../c//d/", "/a/c/d/")]
    [InlineData("/../..", "/")]
    [InlineData("/a:b", "/a%3Ab")]
    public void Path_of_others_is_normalized_and_encoded_again(string raw, string canonical) =>
        Assert.Equal(canonical, CanonicalRequest.Path(raw, isS3: false));

    [Theory]
    [InlineData("b=2&a=1&a=0", "a=0&a=1&b=2")]
    [InlineData("acl", "acl=")]
    [InlineData("p=a+b%2B%2fc", "p=a%20b%2B%2Fc")]
    [InlineData("X-Amz-Signature=00&x=1", "x=1")]
    [InlineData("a%20=1&A=2", "A=2&a%20=1")]
    public void Query_has_one_form(string raw, string canonical) => Assert.Equal(canonical, CanonicalRequest.Query(raw));

    [Fact]
    public void Header_values_are_trimmed_joined_and_their_inner_spaces_collapsed()
    {
        var canonical = CanonicalRequest.Build("GET", "/", "", _ => ["  a   b ", "c"], ["x"], "hash", isS3: true);
        Assert.Equal("GET\n/\n\nx:a b,c\n\nx\nhash", canonical);
    }

    [Fact]
    public void Presigned_url_of_any_key_and_query_verifies()
    {
        var text = Gen.String[Gen.Char['\u0020', '\u2fff'], 1, 20];
        Gen.Select(text, text, text).Sample((key, name, value) =>
        {
            var url = PresignedUrl.Create(
                "GET", new Uri("http://localhost:4566"), $"/bucket/{key}", [new(name, value)], "test", "secret", "token/+=",
                "us-east-1", "s3", DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1));

            // Not through Uri's own path, which would normalize what was signed.
            var target = url.OriginalString["http://localhost:4566".Length..];
            var facts = TestRequest.Of("GET", target, "localhost:4566");
            var (signature, problem) = SignatureReader.Read(facts);
            Assert.Null(problem);
            Assert.Equal("token/+=", signature!.SessionToken);
            var verifier = new SignatureVerifier(new SigningKeyCache());
            Assert.Null(verifier.Verify(facts, signature, "secret", SigV4.UnsignedPayload));
            Assert.NotNull(verifier.Verify(TestRequest.Of("PUT", target, "localhost:4566"), signature, "secret", SigV4.UnsignedPayload));
        });
    }
}
