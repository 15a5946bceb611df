using System.Net;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Xunit;

namespace Fogbank.Tests.Wire.Ecr;

public sealed class ImageSourceTests : IAsyncLifetime
{
    private static readonly ImagePlatform Amd64 = new("linux", "amd64");
    private EcrRegion _region = null!;

    private RegistryClient Client => _region.Client;

    public async ValueTask InitializeAsync()
    {
        _region = await EcrRegion.StartAsync();
        await _region.CreateAsync("team/app");
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Theory]
    [InlineData("team/app:v1")]
    [InlineData("000000000000.dkr.ecr.us-east-1.amazonaws.com/team/app:v1")]
    [InlineData("000000000000.dkr.ecr.us-east-1.localhost:4566/team/app:v1")]
    [InlineData("127.0.0.1:4566/team/app:v1")]
    [InlineData("localhost:4566/team/app:v1")]
    [InlineData("team/app@{digest}")]
    [InlineData("127.0.0.1:4566/team/app:other@{digest}")]
    public async Task Every_name_of_an_image_finds_it(string name)
    {
        var (digest, _) = await Client.PushImageAsync("team/app", "v1");
        var image = await ResolveAsync(name.Replace("{digest}", digest, StringComparison.Ordinal));
        Assert.Equal((digest, digest, "000000000000", "team/app"), (image.Digest, image.ManifestDigest, image.RegistryId, image.Repository));
        Assert.Equal(["/bin/echo"], image.Configuration.Entrypoint);
        Assert.Equal("SIGQUIT", image.Configuration.StopSignal);
        Assert.Equal(["80/tcp"], image.Configuration.ExposedPorts);
        var layer = Assert.Single(image.Layers);
        await using var stream = await layer.OpenAsync(TestContext.Current.CancellationToken);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        Assert.Equal((layer.Digest, (long)bytes.Length), (RegistryClient.Sha256(bytes.ToArray()), layer.SizeBytes));
    }

    [Fact]
    public async Task An_index_gives_the_image_of_the_platform()
    {
        var (_, amd) = await Client.PushImageAsync("team/app", "", seed: 1);
        var (arm, armManifest) = await Client.PushImageAsync("team/app", "", seed: 2, architecture: "arm64");
        var index = RegistryClient.Index(
            RegistryClient.Descriptor(RegistryClient.OciManifest, amd, ""","platform":{"os":"linux","architecture":"amd64"}"""),
            RegistryClient.Descriptor(RegistryClient.OciManifest, armManifest, ""","platform":{"os":"linux","architecture":"arm64"}"""));
        (await Client.PutManifestAsync("team/app", "latest", index, RegistryClient.OciIndex)).Must(HttpStatusCode.Created);
        var image = await ResolveAsync("team/app", new("linux", "arm64"));
        Assert.Equal((RegistryClient.Sha256(index), arm), (image.Digest, image.ManifestDigest));
        var error = await Assert.ThrowsAsync<ImageException>(() => ResolveAsync("team/app", new("linux", "s390x")));
        Assert.Equal(ImageErrorKind.PlatformNotFound, error.Kind);
        Assert.Contains("platform 'linux/s390x'", error.Message, StringComparison.Ordinal);
        Assert.Equal(ImageErrorKind.PlatformNotFound, (await Assert.ThrowsAsync<ImageException>(() => ResolveAsync($"team/app@{arm}"))).Kind);
    }

    [Theory]
    [InlineData("", ImageErrorKind.InvalidName)]
    [InlineData("Team/App", ImageErrorKind.InvalidName)]
    [InlineData("team/app@sha256:12", ImageErrorKind.InvalidName)]
    [InlineData("team/app:a:b", ImageErrorKind.InvalidName)]
    [InlineData("../etc/passwd", ImageErrorKind.InvalidName)]
    [InlineData("public.ecr.aws/x/busybox:1", ImageErrorKind.ForeignRegistry)]
    [InlineData("team/none:v1", ImageErrorKind.RepositoryNotFound)]
    [InlineData("team/app:none", ImageErrorKind.ImageNotFound)]
    [InlineData("111122223333.dkr.ecr.us-east-1.amazonaws.com/team/app:v1", ImageErrorKind.AccessDenied)]
    public async Task Each_failure_has_its_kind(string name, ImageErrorKind kind) =>
        Assert.Equal(kind, (await Assert.ThrowsAsync<ImageException>(() => ResolveAsync(name))).Kind);

    [Fact]
    public async Task What_cannot_be_run_says_so()
    {
        var (junk, layer) = ("not json"u8.ToArray(), RegistryClient.Bytes(100));
        await Client.PushAsync("team/app", junk);
        await Client.PushAsync("team/app", layer);
        (await Client.PutManifestAsync("team/app", "junk", RegistryClient.Manifest(junk, [layer]))).Must(HttpStatusCode.Created);
        Assert.Equal(ImageErrorKind.Damaged, (await Assert.ThrowsAsync<ImageException>(() => ResolveAsync("team/app:junk"))).Kind);
        var config = RegistryClient.Config("amd64");
        await Client.PushAsync("team/app", config);
        (await Client.PutManifestAsync("team/app", "odd", RegistryClient.Manifest(config, [layer]))).Must(HttpStatusCode.Created);
        Assert.Equal(ImageErrorKind.Damaged, (await Assert.ThrowsAsync<ImageException>(() => ResolveAsync("team/app:odd"))).Kind);
        var artifact = System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(RegistryClient.Manifest(junk, [])).Replace(RegistryClient.OciConfig, "application/vnd.oci.empty.v1+json", StringComparison.Ordinal));
        (await Client.PutManifestAsync("team/app", "artifact", artifact)).Must(HttpStatusCode.Created);
        Assert.Equal(ImageErrorKind.NotRunnable, (await Assert.ThrowsAsync<ImageException>(() => ResolveAsync("team/app:artifact"))).Kind);
    }

    private Task<ImageContent> ResolveAsync(string name, ImagePlatform? platform = null) => _region.Images.ResolveAsync(
        name,
        platform ?? Amd64,
        new RequestContext
        {
            Scope = new(EcrRegion.Account, "us-east-1"),
            Principal = Principal.Root(EcrRegion.Account),
            RequestId = "test",
            Endpoint = new Uri("http://127.0.0.1:4566"),
        },
        TestContext.Current.CancellationToken).AsTask();
}
