using System.Text;
using CsCheck;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Http;
using Xunit;

namespace Fogbank.Tests.Unit.Ecr;

public sealed class ManifestReaderTests
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly byte[] Good = Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Digest}}","size":0},"layers":[{"mediaType":"a/b","digest":"{{Digest}}","size":7,"annotations":{"a":"b"} }],"subject":null,"annotations":{"x":"y"} }""");

    [Fact]
    public void Damaged_manifests_are_refused_or_read_and_nothing_else_happens() =>
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Byte, Gen.Int[0, Good.Length]).Sample((at, value, length) =>
        {
            var bytes = Good.AsSpan(0, Math.Max(length, at + 1)).ToArray();
            bytes[at] = value;
            var facts = ManifestReader.TryRead(bytes, null, out var problem);
            return facts is null ? problem.Length > 0 : facts.RequiredBlobs().All(static blob => ContentDigest.IsSupported(blob.Digest) && blob.SizeBytes >= 0);
        });

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var deep = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)));
        Assert.Null(ManifestReader.TryRead(deep, MediaTypes.OciManifest, out _));
    }

    [Fact]
    public void What_may_be_fetched_elsewhere_need_not_be_pushed()
    {
        var text = Encoding.UTF8.GetString(Good).Replace("a/b", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", StringComparison.Ordinal);
        var facts = ManifestReader.TryRead(Encoding.UTF8.GetBytes(text), null, out _)!;
        Assert.Equal([MediaTypes.OciConfig], facts.RequiredBlobs().Select(static blob => blob.MediaType));
    }

    [Theory]
    [InlineData("/v2/", "Base", "", "")]
    [InlineData("/v2/_catalog", "Catalog", "", "")]
    [InlineData("/v2/a/b/manifests/latest", "Manifest", "a/b", "latest")]
    [InlineData("/v2/a/manifests/manifests/manifests", "Manifest", "a/manifests", "manifests")]
    [InlineData("/v2/a/blobs/uploads/manifests/v1", "Manifest", "a/blobs/uploads", "v1")]
    [InlineData("/v2/a/blobs/uploads/", "UploadStart", "a", "")]
    [InlineData("/v2/a/blobs/uploads/1-2", "Upload", "a", "1-2")]
    [InlineData("/v2/a/tags/list", "Tags", "a", "")]
    [InlineData("/v2/a/blobs/sha256%3A12", "Blob", "a", "sha256:12")]
    [InlineData("/v2/a/referrers/x", "Referrers", "a", "x")]
    public void Paths_are_read_from_their_end(string path, string resource, string repository, string reference)
    {
        var route = RegistryRoute.Parse(path)!.Value;
        Assert.Equal((resource, repository, reference), (route.Resource.ToString(), route.Repository, route.Reference));
    }

    [Theory]
    [InlineData("/v2/apis")]
    [InlineData("/v2/apis/abc/stages")]
    [InlineData("/v2/tags/arn")]
    [InlineData("/v2/manifests/latest")]
    public void Other_apis_paths_are_not_the_registry_s(string path) => Assert.Null(RegistryRoute.Parse(path));
}
