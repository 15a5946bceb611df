using System.Text;
using CsCheck;
using Fogbank.Kernel;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.Chunked;
using Xunit;

namespace Fogbank.Tests.Unit.Wire.Chunked;

public class AwsChunkedStreamTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private const string Date = "20130524T000000Z";
    private const string Seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
    private const string SeedWithTrailer = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    private static readonly CredentialScope Scope = new("20130524", "us-east-1", "s3");

    // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
    private static readonly string Example =
        $"10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n{new string('a', 65536)}\r\n"
        + $"400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n{new string('a', 1024)}\r\n"
        + "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";

    // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
    private static readonly string ExampleWithTrailer =
        $"10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n{new string('a', 65536)}\r\n"
        + $"400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n{new string('a', 1024)}\r\n"
        + "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
        + "x-amz-checksum-crc32c:sOO8/Q==\r\n"
        + "x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task Published_example_verifies_however_it_arrives(int piece)
    {
        var body = await ReadAsync(Example, 66_560, signer: Signer(Seed), piece: piece);
        Assert.Equal(66_560, body.Length);
        Assert.All(body, b => Assert.Equal((byte)'a', b));
    }

    [Fact]
    public async Task Published_example_with_a_trailer_verifies()
    {
        await using var stream = Open(ExampleWithTrailer, 66_560, Signer(SeedWithTrailer), isSigned: true, ["x-amz-checksum-crc32c"]);
        await stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        Assert.Equal("sOO8/Q==", stream.Trailers["X-Amz-Checksum-CRC32C"]);
    }

    [Theory]
    [InlineData("a\r\n400;", "b\r\n400;")]
    [InlineData("0;chunk-signature=b6", "0;chunk-signature=c6")]
    [InlineData("400;chunk-signature=00", "400;chunk-signature=10")]
    public async Task Any_change_of_data_or_signature_is_found(string original, string changed)
    {
        var error = await FailAsync(Example.Replace(original, changed, StringComparison.Ordinal), 66_560, Signer(Seed), isSigned: true);
        Assert.Equal("SignatureDoesNotMatch", error.Code.Name);
    }

    [Fact]
    public async Task Changed_or_unsigned_trailer_is_found()
    {
        var changed = ExampleWithTrailer.Replace("sOO8", "sOO9", StringComparison.Ordinal);
        Assert.Equal("SignatureDoesNotMatch", (await FailAsync(changed, 66_560, Signer(SeedWithTrailer), true, "x-amz-checksum-crc32c")).Code.Name);
        var unsigned = ExampleWithTrailer[..ExampleWithTrailer.IndexOf("x-amz-trailer-signature", StringComparison.Ordinal)];
        Assert.Equal("SignatureDoesNotMatch", (await FailAsync(unsigned, 66_560, Signer(SeedWithTrailer), true, "x-amz-checksum-crc32c")).Code.Name);
    }

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", 5)]
    [InlineData("5\r\nhello\r\n0\r\n", 5)]
    [InlineData("2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", 5)]
    [InlineData("0\r\n\r\n", 0)]
    public async Task Unsigned_chunks_are_joined(string body, int length) =>
        Assert.Equal("hello"[..length], Encoding.ASCII.GetString(await ReadAsync(body, length)));

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", 6, "IncompleteBody")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", 4, "IncompleteBody")]
    [InlineData("5\r\nhel", 5, "IncompleteBody")]
    [InlineData("5\r\nhello\r\n", 5, "IncompleteBody")]
    [InlineData("", 0, "IncompleteBody")]
    [InlineData("5\r\nhello!\r\n0\r\n\r\n", 5, "InvalidRequest")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n", 5, "InvalidRequest")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n", 5, "InvalidRequest")]
    [InlineData("fffffffffffffffff\r\n", 5, "InvalidRequest")]
    [InlineData("ffffffffffff\r\n", 5, "IncompleteBody")]
    [InlineData("\r\n\r\n", 5, "InvalidRequest")]
    [InlineData("5\r\nhello\r\n0\r\nx-amz-other:1\r\n\r\n", 5, "MalformedTrailerError")]
    [InlineData("5\r\nhello\r\n0\r\nno colon\r\n\r\n", 5, "MalformedTrailerError")]
    public async Task Malformed_bodies_are_refused(string body, int length, string code) =>
        Assert.Equal(code, (await FailAsync(body, length, null, isSigned: false)).Code.Name);

    [Fact]
    public async Task Head_without_an_end_is_refused_before_it_fills_the_memory()
    {
        var error = await FailAsync("5;" + new string('x', 1_000_000), 5, null, isSigned: false);
        Assert.Equal("InvalidRequest", error.Code.Name);
    }

    [Fact]
    public async Task Announced_trailer_must_come_and_come_once()
    {
        Assert.Equal("MalformedTrailerError", (await FailAsync("0\r\n\r\n", 0, null, false, "x-amz-checksum-crc32")).Code.Name);
        var twice = "0\r\nx-amz-checksum-crc32:a\r\nx-amz-checksum-crc32:b\r\n\r\n";
        Assert.Equal("MalformedTrailerError", (await FailAsync(twice, 0, null, false, "x-amz-checksum-crc32")).Code.Name);
    }

    [Fact]
    public async Task Missing_signature_of_a_signed_body_is_refused_also_where_it_could_not_be_verified() =>
        Assert.Equal("InvalidRequest", (await FailAsync("5\r\nhello\r\n0\r\n\r\n", 5, null, isSigned: true)).Code.Name);

    [Fact]
    public void Garbage_ends_in_a_typed_error_or_a_whole_body()
    {
        Gen.String[Gen.Char["01a;\r\n:x"], 0, 60].Sample(text =>
        {
            try
            {
                ReadAsync(text, 3).GetAwaiter().GetResult();
            }
            catch (AwsException exception)
            {
                Assert.Equal(400, exception.Code.Status);
            }
        });
    }

    private static ChunkSigner Signer(string seed) => new(SigV4.DeriveKey(Secret, Scope), Date, Scope, seed);

    private static AwsChunkedStream Open(string body, long length, ChunkSigner? signer, bool isSigned, string[] trailers, int piece = int.MaxValue) =>
        new(new PieceStream(Encoding.ASCII.GetBytes(body), piece), signer, isSigned, trailers, length);

    private static async Task<byte[]> ReadAsync(string body, long length, ChunkSigner? signer = null, int piece = int.MaxValue)
    {
        await using var stream = Open(body, length, signer, signer is not null, [], piece);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, TestContext.Current.CancellationToken);
        return memory.ToArray();
    }

    private static Task<AwsException> FailAsync(string body, long length, ChunkSigner? signer, bool isSigned, params string[] trailers) =>
        Assert.ThrowsAsync<AwsException>(async () =>
        {
            await using var stream = Open(body, length, signer, isSigned, trailers);
            await stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        });

    /// <summary>A body that arrives in pieces of one size.</summary>
    private sealed class PieceStream(byte[] data, int piece) : MemoryStream(data)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }
}
