using System.Text;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Xunit;

namespace Fogbank.Tests.Unit.Ecr;

public sealed class ImageApiTests
{
    [Fact]
    public async Task Images_are_listed_by_tag_and_digest_in_pages()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var one = await api.PutImageAsync("app", "one", "v1");
        await api.PutImageAsync("app", "one", "latest");
        var two = await api.PutImageAsync("app", "two", null);
        var three = await api.PutImageAsync("app", "three", null);
        foreach (var size in new[] { 1, 2, 3, 4, 100 })
        {
            var seen = new List<string>();
            string? token = null;
            do
            {
                var page = await api.SendAsync(new ListImagesRequest { RepositoryName = "app", MaxResults = size, NextToken = token });
                Assert.InRange(page.ImageIds!.Count, 1, size);
                seen.AddRange(page.ImageIds.Select(id => $"{id.ImageTag}@{id.ImageDigest}"));
                token = page.NextToken;
            }
            while (token is not null);
            string[] untagged = [$"@{two}", $"@{three}"];
            Assert.Equal([$"latest@{one}", $"v1@{one}", .. untagged.Order(StringComparer.Ordinal)], seen);
        }

        Assert.Equal(2, (await api.SendAsync(new ListImagesRequest { RepositoryName = "app", Filter = new() { TagStatus = "TAGGED" } })).ImageIds!.Count);
        Assert.All(
            (await api.SendAsync(new ListImagesRequest { RepositoryName = "app", Filter = new() { TagStatus = "UNTAGGED" } })).ImageIds!,
            id => Assert.Null(id.ImageTag));
    }

    [Fact]
    public async Task Described_images_have_true_sizes_tags_and_times()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var digest = await api.PutImageAsync("app", "12345", "v1");
        var pushedAt = api.Time.GetUtcNow();
        await api.PutImageAsync("app", "12345", "v2");
        var image = Assert.Single((await api.SendAsync(new DescribeImagesRequest { RepositoryName = "app" })).ImageDetails!);
        Assert.Equal((digest, 5L, pushedAt, (DateTimeOffset?)null), (image.ImageDigest, image.ImageSizeInBytes, image.ImagePushedAt, image.LastRecordedPullTime));
        Assert.Equal(["v1", "v2"], image.ImageTags!);
        api.Time.Advance(TimeSpan.FromHours(1));
        await api.SendAsync(new BatchGetImageRequest { RepositoryName = "app", ImageIds = [new() { ImageTag = "v1" }] });
        var pulledAt = api.Time.GetUtcNow();
        api.Time.Advance(TimeSpan.FromHours(23));
        await api.SendAsync(new BatchGetImageRequest { RepositoryName = "app", ImageIds = [new() { ImageTag = "v1" }] });
        image = Assert.Single((await api.SendAsync(new DescribeImagesRequest { RepositoryName = "app", ImageIds = [new() { ImageTag = "v2" }] })).ImageDetails!);
        Assert.Equal(pulledAt, image.LastRecordedPullTime);
        Assert.Equal(
            "ImageNotFoundException: The image with imageId {imageDigest:'null', imageTag:'v3'} does not exist within the repository with name 'app' in the registry with id '111122223333'",
            await api.FailAsync(new DescribeImagesRequest { RepositoryName = "app", ImageIds = [new() { ImageTag = "v3" }] }));
    }

    [Fact]
    public async Task An_immutable_tag_stays_where_it_is()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app", "IMMUTABLE");
        var first = await api.PutImageAsync("app", "one", "v1");
        await api.UploadAsync("app", "two"u8.ToArray());
        var other = EcrApi.Manifest(EcrApi.DigestOf("two"u8.ToArray()), 3);
        Assert.Equal(
            "ImageTagAlreadyExistsException: The image tag 'v1' already exists in the 'app' repository and cannot be overwritten because the repository is immutable.",
            await api.FailAsync(new PutImageRequest { RepositoryName = "app", ImageTag = "v1", ImageManifest = other }));
        var image = Assert.Single((await api.SendAsync(new BatchGetImageRequest { RepositoryName = "app", ImageIds = [new() { ImageTag = "v1" }] })).Images!);
        Assert.Equal(first, image.ImageId!.ImageDigest);
    }

    [Fact]
    public async Task A_manifest_needs_its_layers_its_images_and_its_digest()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var absent = EcrApi.DigestOf("absent"u8.ToArray());
        Assert.Equal(
            $"LayersNotFoundException: Layers with digests '[{absent}]' required for pushing image into repository with name 'app' in the registry with id '111122223333' do not exist",
            await api.FailAsync(new PutImageRequest { RepositoryName = "app", ImageManifest = EcrApi.Manifest(absent, 6) }));
        var index = $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{absent}}","size":6}]}""";
        Assert.Equal(
            $"ReferencedImagesNotFoundException: Images with digests '[{absent}]' required for pushing image into repository with name 'app' in the registry with id '111122223333' do not exist",
            await api.FailAsync(new PutImageRequest { RepositoryName = "app", ImageManifest = index }));
        var digest = await api.UploadAsync("app", "x"u8.ToArray());
        Assert.StartsWith(
            "ImageDigestDoesNotMatchException: ",
            await api.FailAsync(new PutImageRequest { RepositoryName = "app", ImageManifest = EcrApi.Manifest(digest, 1), ImageDigest = absent }),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "InvalidParameterException: Invalid parameter at 'imageManifest'",
            await api.FailAsync(new PutImageRequest { RepositoryName = "app", ImageManifest = "{}" }),
            StringComparison.Ordinal);
        Assert.Empty((await api.SendAsync(new ListImagesRequest { RepositoryName = "app" })).ImageIds!);
    }

    [Fact]
    public async Task A_second_push_of_the_same_image_is_told_so()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var digest = await api.PutImageAsync("app", "one", "v1");
        var manifest = EcrApi.Manifest(EcrApi.DigestOf("one"u8.ToArray()), 3);
        Assert.Equal(
            $"ImageAlreadyExistsException: Image with digest '{digest}' and tag 'v1' already exists in the repository with name 'app' in registry with id '111122223333'",
            await api.FailAsync(new PutImageRequest { RepositoryName = "app", ImageManifest = manifest, ImageTag = "v1" }));
    }

    [Fact]
    public async Task Deleting_says_what_went_and_what_did_not()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var one = await api.PutImageAsync("app", "one", "v1");
        await api.PutImageAsync("app", "one", "v2");
        var answer = await api.SendAsync(new BatchDeleteImageRequest
        {
            RepositoryName = "app",
            ImageIds = [new() { ImageTag = "v1" }, new(), new() { ImageDigest = "x" }, new() { ImageTag = "v2", ImageDigest = EcrApi.DigestOf([]) }, new() { ImageTag = "nope" }],
        });
        Assert.Equal((one, "v1"), (Assert.Single(answer.ImageIds!).ImageDigest, answer.ImageIds![0].ImageTag));
        Assert.Equal(
            ["MissingDigestAndTag", "InvalidImageDigest", "ImageTagDoesNotMatchDigest", "ImageNotFound"],
            answer.Failures!.Select(failure => failure.FailureCode));
        Assert.Equal("v2", Assert.Single((await api.SendAsync(new ListImagesRequest { RepositoryName = "app" })).ImageIds!).ImageTag);
        await api.SendAsync(new BatchDeleteImageRequest { RepositoryName = "app", ImageIds = [new() { ImageTag = "v2" }] });
        Assert.Empty((await api.SendAsync(new DescribeImagesRequest { RepositoryName = "app" })).ImageDetails!);
    }

    [Fact]
    public async Task An_image_of_an_index_goes_only_with_it()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var child = await api.PutImageAsync("app", "child", null);
        var index = await api.PutIndexAsync("app", "all", (child, EcrApi.Manifest(EcrApi.DigestOf("child"u8.ToArray()), 5)));
        var refused = await api.SendAsync(new BatchDeleteImageRequest { RepositoryName = "app", ImageIds = [new() { ImageDigest = child }] });
        Assert.Equal(
            ("ImageReferencedByManifestList", $"Requested image referenced by manifest list: [{index}]"),
            (Assert.Single(refused.Failures!).FailureCode, refused.Failures![0].FailureReason));

        // Both in one request, the image first.
        var deleted = await api.SendAsync(new BatchDeleteImageRequest { RepositoryName = "app", ImageIds = [new() { ImageDigest = child }, new() { ImageDigest = index }] });
        Assert.Empty(deleted.Failures!);
        Assert.Empty((await api.SendAsync(new ListImagesRequest { RepositoryName = "app" })).ImageIds!);
    }

    [Fact]
    public async Task Media_types_that_are_not_accepted_are_not_found()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        await api.PutImageAsync("app", "one", "v1");
        var answer = await api.SendAsync(new BatchGetImageRequest
        {
            RepositoryName = "app",
            ImageIds = [new() { ImageTag = "v1" }],
            AcceptedMediaTypes = ["application/vnd.docker.distribution.manifest.v2+json"],
        });
        Assert.Equal("ImageNotFound", Assert.Single(answer.Failures!).FailureCode);
        Assert.Empty(answer.Images!);
    }

    [Fact]
    public async Task Parts_of_a_layer_come_in_order_and_are_large_enough()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var started = await api.SendAsync(new InitiateLayerUploadRequest { RepositoryName = "app" });
        Assert.Equal(10_485_760L, started.PartSize);
        var id = started.UploadId!;
        var digest = EcrApi.DigestOf(Encoding.UTF8.GetBytes("firstsecond"));
        Assert.StartsWith("EmptyUploadException: ", await api.FailAsync(new CompleteLayerUploadRequest { RepositoryName = "app", UploadId = id, LayerDigests = [digest] }), StringComparison.Ordinal);
        Assert.Equal(4L, (await api.SendAsync(EcrApi.Part("app", id, 0, "first"u8.ToArray()))).LastByteReceived);
        var gap = await Assert.ThrowsAsync<AwsException>(async () => await api.SendAsync(EcrApi.Part("app", id, 6, "second"u8.ToArray())));
        Assert.Equal((EcrErrorCodes.InvalidLayerPartException, 4L, id), (gap.Code, gap.Numbers["lastValidByteReceived"], gap.Members["uploadId"]));
        await Assert.ThrowsAsync<AwsException>(async () => await api.SendAsync(new UploadLayerPartRequest
        {
            RepositoryName = "app",
            UploadId = id,
            PartFirstByte = 5,
            PartLastByte = 9,
            LayerPartBlob = "second"u8.ToArray(),
        }));
        await api.SendAsync(EcrApi.Part("app", id, 5, "second"u8.ToArray()));
        Assert.StartsWith("LayerPartTooSmallException: ", await api.FailAsync(new CompleteLayerUploadRequest { RepositoryName = "app", UploadId = id, LayerDigests = [digest] }), StringComparison.Ordinal);
        Assert.StartsWith("UploadNotFoundException: ", await api.FailAsync(EcrApi.Part("app", "00000000-0000-0000-0000-000000000000", 0, "x"u8.ToArray())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_layer_is_put_together_and_only_under_its_own_digest()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var bytes = new byte[(5 << 20) + 3];
        new Random(7).NextBytes(bytes);
        var id = (await api.SendAsync(new InitiateLayerUploadRequest { RepositoryName = "app" })).UploadId!;
        await api.SendAsync(EcrApi.Part("app", id, 0, bytes[..(5 << 20)]));
        await api.SendAsync(EcrApi.Part("app", id, 5 << 20, bytes[(5 << 20)..]));
        var digest = EcrApi.DigestOf(bytes);
        await api.SendAsync(new CompleteLayerUploadRequest { RepositoryName = "app", UploadId = id, LayerDigests = [digest] });
        var layer = Assert.Single((await api.SendAsync(new BatchCheckLayerAvailabilityRequest { RepositoryName = "app", LayerDigests = [digest] })).Layers!);
        Assert.Equal(("AVAILABLE", (long)bytes.Length), (layer.LayerAvailability, layer.LayerSize));

        var wrong = (await api.SendAsync(new InitiateLayerUploadRequest { RepositoryName = "app" })).UploadId!;
        await api.SendAsync(EcrApi.Part("app", wrong, 0, "x"u8.ToArray()));
        Assert.StartsWith("InvalidLayerException: ", await api.FailAsync(new CompleteLayerUploadRequest { RepositoryName = "app", UploadId = wrong, LayerDigests = [EcrApi.DigestOf([])] }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layer_that_is_there_is_told_so()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var digest = await api.UploadAsync("app", "x"u8.ToArray());
        var error = await Assert.ThrowsAsync<AwsException>(() => api.UploadAsync("app", "x"u8.ToArray()));
        Assert.Equal(
            $"The layer with digest '{digest}' already exists in the repository with name 'app' in registry with id '111122223333'", error.Message);
    }

    [Fact]
    public async Task Referrers_are_found_by_what_they_name()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var image = await api.PutImageAsync("app", "one", "v1");
        var config = await api.UploadAsync("app", "{}"u8.ToArray());
        foreach (var type in new[] { "application/a", "application/b" })
        {
            await api.SendAsync(new PutImageRequest
            {
                RepositoryName = "app",
                ImageManifest = $$$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"{{{type}}}","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{{{config}}}","size":2},"layers":[],"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{image}}}","size":1},"annotations":{"k":"v"}}""",
            });
        }

        var all = await api.SendAsync(new ListImageReferrersRequest { RepositoryName = "app", SubjectId = new() { ImageDigest = image } });
        Assert.Equal(["application/a", "application/b"], all.Referrers!.Select(item => item.ArtifactType).Order(StringComparer.Ordinal));
        Assert.Equal("v", all.Referrers![0].Annotations!["k"]);
        var one = await api.SendAsync(new ListImageReferrersRequest
        {
            RepositoryName = "app",
            SubjectId = new() { ImageDigest = image },
            Filter = new() { ArtifactTypes = ["application/b"] },
        });
        Assert.Equal("application/b", Assert.Single(one.Referrers!).ArtifactType);
        var described = await api.SendAsync(new DescribeImagesRequest { RepositoryName = "app", ImageIds = [new() { ImageDigest = one.Referrers![0].Digest }] });
        Assert.Equal((image, "application/b"), (described.ImageDetails![0].SubjectManifestDigest, described.ImageDetails[0].ArtifactMediaType));
    }
}
