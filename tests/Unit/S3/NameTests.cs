using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.S3;

public class NameTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("my.bucket-1")]
    [InlineData("0numbers0")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Names_that_AWS_takes(string name) => Assert.True(BucketName.IsValid(name));

    [Theory]
    [InlineData("ab")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Upper")]
    [InlineData("under_score")]
    [InlineData("-start")]
    [InlineData("end-")]
    [InlineData("two..dots")]
    [InlineData("192.168.5.4")]
    [InlineData("xn--punycode")]
    [InlineData("sthree-x")]
    [InlineData("x-s3alias")]
    [InlineData("x--ol-s3")]
    [InlineData("x--x-s3")]
    [InlineData("ünicode")]
    public void Names_that_AWS_refuses(string name) => Assert.False(BucketName.IsValid(name));

    [Fact]
    public void A_key_has_at_most_1024_bytes_of_UTF8()
    {
        ObjectKey.Check(new string('é', 512));
        var error = Assert.Throws<AwsException>(() => ObjectKey.Check(new string('é', 513)));
        Assert.Equal(("KeyTooLongError", "1026"), (error.Code.Name, error.Members["Size"]));
    }

    [Theory]
    [InlineData("a b/ü+&=*.txt", "a+b/%C3%BC%2B%26%3D*.txt")]
    [InlineData("plain/key-1_2.jpg", "plain/key-1_2.jpg")]
    [InlineData("~\U0001F600", "%7E%F0%9F%98%80")]
    public void Keys_are_encoded_as_S3_does(string key, string encoded) => Assert.Equal(encoded, UrlText.Encode(key));

    [Theory]
    [InlineData("bucket/a/b", "bucket", "a/b", null)]
    [InlineData("/bucket/a%20b%2Bc", "bucket", "a b+c", null)]
    [InlineData("bucket/a+b?versionId=null", "bucket", "a+b", null)]
    [InlineData("bucket/a?versionId=xyz", "bucket", "a", "xyz")]
    public void Copy_sources_are_read(string header, string bucket, string key, string? version) =>
        Assert.Equal(new CopySource(bucket, key, version), CopySource.Parse(header));

    [Theory]
    [InlineData("bucket")]
    [InlineData("/bucket/")]
    [InlineData("/")]
    public void A_copy_source_without_a_key_is_refused(string header) =>
        Assert.Equal("InvalidArgument", Assert.Throws<AwsException>(() => CopySource.Parse(header)).Code.Name);
}
