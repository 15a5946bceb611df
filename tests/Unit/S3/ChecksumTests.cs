using System.Text;
using CsCheck;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.S3;

public class ChecksumTests
{
    /// <summary>The check values of the CRC catalogue and the usual vectors of the hashes, over "123456789".</summary>
    [Theory]
    [InlineData("CRC32", "CBF43926")]
    [InlineData("CRC32C", "E3069283")]
    [InlineData("CRC64NVME", "AE8B14860A799888")]
    [InlineData("SHA1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData("SHA256", "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public void Known_values(string name, string expected)
    {
        using var state = new ChecksumState(ChecksumFunctions.Parse(name)!.Value);
        state.Append("123456789"u8);
        Assert.Equal(expected, Convert.ToHexString(state.Current()));
    }

    /// <summary>Eight bytes a step and one byte a step agree, however the bytes are cut.</summary>
    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    public void Pieces_combine_to_the_whole(string name)
    {
        var function = ChecksumFunctions.Parse(name)!.Value;
        Gen.Byte.Array[0, 300].Array[1, 6].Sample(parts =>
        {
            var values = parts.Select(part => (Of(function, part), (long)part.Length));
            Assert.Equal(Of(function, [.. parts.SelectMany(part => part)]), ChecksumState.Combine(function, values).Value);
        });
    }

    [Fact]
    public void A_byte_at_a_time_is_the_same()
    {
        Gen.Byte.Array[0, 100].Sample(bytes =>
        {
            using var state = new ChecksumState(ChecksumFunction.Crc64Nvme);
            foreach (var b in bytes)
            {
                state.Append([b]);
            }

            Assert.Equal(Of(ChecksumFunction.Crc64Nvme, bytes), Convert.ToBase64String(state.Current()));
        });
    }

    [Fact]
    public void A_composite_checksum_is_that_of_the_parts_checksums_and_says_how_many()
    {
        var parts = new[] { "one", "two" }.Select(text => Of(ChecksumFunction.Sha256, Encoding.UTF8.GetBytes(text))).ToList();
        var expected = Of(ChecksumFunction.Sha256, [.. parts.SelectMany(Convert.FromBase64String)]);
        Assert.Equal(
            new ChecksumRecord(ChecksumFunction.Sha256, $"{expected}-2", ChecksumKind.Composite),
            ChecksumState.Composite(ChecksumFunction.Sha256, parts));
    }

    [Fact]
    public void The_tag_of_a_multipart_object_is_the_MD5_of_its_parts_MD5s()
    {
        // From AWS's documentation of checking object integrity: md5("") twice.
        Assert.Equal("59adb24ef3cdbe0297f05b395827453f-1", EntityTag.OfParts(["d41d8cd98f00b204e9800998ecf8427e"]));
    }

    [Fact]
    public void A_body_that_is_not_what_was_announced_is_refused()
    {
        using var digest = new BodyDigest(ChecksumFunction.Crc32);
        digest.Append("hello"u8);
        Assert.Equal("IncompleteBody", Refusal(new() { Length = 6 }, digest));
        Assert.Equal("BadDigest", Refusal(new() { Md5 = "CYketZBSTjX8czcs3cXVlg==" }, digest));
        Assert.Equal("BadDigest", Refusal(new() { Function = ChecksumFunction.Crc32, Value = "AAAAAA==" }, digest));
        new BodyDemands { Length = 5, Md5 = "XUFAKrxLKna5cZ2REBfFkg==", Function = ChecksumFunction.Crc32, Value = "NhCmhg==" }.Check(digest, _ => null);
    }

    [Fact]
    public void A_checksum_may_come_as_a_trailer_and_must_then_be_there()
    {
        var demands = BodyDemands.Of(null, default, ["x-amz-checksum-crc32"], "CRC32", 5);
        using var digest = new BodyDigest(ChecksumFunction.Crc32);
        digest.Append("hello"u8);
        demands.Check(digest, name => name == "x-amz-checksum-crc32" ? "NhCmhg==" : null);
        Assert.Equal("InvalidRequest", Assert.Throws<AwsException>(() => demands.Check(digest, _ => null)).Code.Name);
    }

    [Theory]
    [InlineData("000")]
    [InlineData("MTIz")]
    [InlineData("not base64")]
    public void A_Content_MD5_that_cannot_be_one_is_refused_before_the_body(string md5) =>
        Assert.Equal("InvalidDigest", Assert.Throws<AwsException>(() => BodyDemands.Of(md5, default, null, null, null)).Code.Name);

    [Fact]
    public void Two_checksums_are_one_too_many()
    {
        var error = Assert.Throws<AwsException>(() => BodyDemands.Of(null, new("NhCmhg==", "NhCmhg==", null, null, null), null, null, null));
        Assert.Equal("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.", error.Message);
    }

    private static string Of(ChecksumFunction function, byte[] bytes)
    {
        using var state = new ChecksumState(function);
        state.Append(bytes);
        return Convert.ToBase64String(state.Current());
    }

    private static string Refusal(BodyDemands demands, BodyDigest digest) =>
        Assert.Throws<AwsException>(() => demands.Check(digest, _ => null)).Code.Name;
}
