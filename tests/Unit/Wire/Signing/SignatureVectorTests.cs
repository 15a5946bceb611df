using Fogbank.Kernel.Signing;
using Fogbank.Wire.Signing;
using Xunit;

namespace Fogbank.Tests.Unit.Wire.Signing;

/// <summary>The examples that AWS publishes with their signatures.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and its neighbours</remarks>
public class SignatureVectorTests
{
    internal const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    internal const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    internal const string Host = "examplebucket.s3.amazonaws.com";
    internal const string Date = "20130524T000000Z";

    private static string Authorization(string headers, string signature) =>
        $"AWS4-HMAC-SHA256 Credential={KeyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders={headers},Signature={signature}";

    [Fact]
    public void Get_object_with_a_range() => AssertVerifies(TestRequest.Of(
        "GET", "/test.txt", Host,
        ("Range", "bytes=0-9"),
        ("x-amz-content-sha256", SigV4.EmptyPayloadHash),
        ("x-amz-date", Date),
        ("Authorization", Authorization("host;range;x-amz-content-sha256;x-amz-date", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"))));

    [Fact]
    public void Put_object_whose_key_is_not_encoded_as_the_signature_has_it() => AssertVerifies(TestRequest.Of(
        "PUT", "/test$file.text", Host,
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-date", Date),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
        ("Authorization", Authorization("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))));

    [Fact]
    public void Query_parameter_without_a_value() => AssertVerifies(TestRequest.Of(
        "GET", "/?lifecycle", Host,
        ("x-amz-date", Date),
        ("x-amz-content-sha256", SigV4.EmptyPayloadHash),
        ("Authorization", Authorization("host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))));

    [Fact]
    public void Query_parameters_are_sorted() => AssertVerifies(TestRequest.Of(
        "GET", "/?prefix=J&max-keys=2", Host,
        ("x-amz-date", Date),
        ("x-amz-content-sha256", SigV4.EmptyPayloadHash),
        ("Authorization", Authorization("host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))));

    [Fact]
    public void Presigned_url() => AssertVerifies(TestRequest.Of(
        "GET",
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        Host));

    [Fact]
    public void Service_other_than_S3_signs_the_hash_of_its_body() => AssertVerifies(TestRequest.Of(
        "GET", "/?Action=ListUsers&Version=2010-05-08", "iam.amazonaws.com",
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ("X-Amz-Date", "20150830T123600Z"),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
            + "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")),
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");

    [Fact]
    public void Seed_of_a_chunked_upload() => AssertVerifies(TestRequest.Of(
        "PUT", "/examplebucket/chunkObject.txt", "s3.amazonaws.com",
        ("x-amz-date", Date),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "66560"),
        ("Content-Length", "66824"),
        ("Authorization", Authorization(
            "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
            "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"))));

    [Fact]
    public void Seed_of_a_chunked_upload_with_trailers() => AssertVerifies(TestRequest.Of(
        "PUT", "/examplebucket/chunkObject.txt", "s3.amazonaws.com",
        ("x-amz-date", Date),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"),
        ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "66560"),
        ("x-amz-trailer", "x-amz-checksum-crc32c"),
        ("Authorization", Authorization(
            "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
            "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"))));

    [Fact]
    public void Policy_of_a_form_upload()
    {
        string[] lines =
        [
            "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",",
            "  \"conditions\": [",
            "    {\"bucket\": \"sigv4examplebucket\"},",
            "    [\"starts-with\", \"$key\", \"user/user1/\"],",
            "    {\"acl\": \"public-read\"},",
            "    {\"success_action_redirect\": \"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},",
            "    [\"starts-with\", \"$Content-Type\", \"image/\"],",
            "    {\"x-amz-meta-uuid\": \"14365123651274\"},",
            "    {\"x-amz-server-side-encryption\": \"AES256\"},",
            "    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],",
            "",
            "    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},",
            "    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},",
            "    {\"x-amz-date\": \"20151229T000000Z\" }",
            "  ]",
            "}",
        ];
        var policy = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(string.Join("\r\n", lines)));
        var scope = new CredentialScope("20151229", "us-east-1", "s3");
        const string Signature = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e";
        Assert.True(PostPolicySignature.Verify(policy, scope, Secret, Signature));
        Assert.False(PostPolicySignature.Verify(policy + "=", scope, Secret, Signature));
    }

    /// <summary>The signature holds, and does not once any part of the request is another.</summary>
    private static void AssertVerifies(Fogbank.Wire.Routing.RequestFacts facts, string secret = Secret)
    {
        var (signature, problem) = SignatureReader.Read(facts);
        Assert.Null(problem);
        Assert.NotNull(signature);
        var verifier = new SignatureVerifier(new SigningKeyCache());
        var hash = PayloadPlan.Of(facts, signature).CanonicalHash(signature, default);
        Assert.Null(verifier.Verify(facts, signature, secret, hash));
        Assert.NotNull(verifier.Verify(facts, signature, secret + "x", hash));
        Assert.NotNull(verifier.Verify(facts, signature, secret, hash.Length == 64 ? "0" + hash[1..] : new string('0', 64)));
        Assert.NotNull(verifier.Verify(facts, signature with { Scope = signature.Scope with { Region = "eu-west-1" } }, secret, hash));
        facts.Request.Headers.Host = "evil.example.com";
        Assert.NotNull(verifier.Verify(facts, signature, secret, hash));
    }
}
