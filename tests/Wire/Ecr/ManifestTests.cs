using System.Net;
using System.Text;
using Fogbank.Services.Ecr;
using Fogbank.Services.Ecr.Domain;
using Xunit;

namespace Fogbank.Tests.Wire.Ecr;

public sealed class ManifestTests : IAsyncLifetime
{
    private EcrRegion _region = null!;

    private RegistryClient Client => _region.Client;

    public async ValueTask InitializeAsync()
    {
        _region = await EcrRegion.StartAsync();
        await _region.CreateAsync("app");
    }

    public ValueTask DisposeAsync() => _region.DisposeAsync();

    [Fact]
    public async Task An_image_is_read_by_tag_and_by_digest_as_it_was_pushed()
    {
        var (digest, manifest) = await Client.PushImageAsync("app", "v1");
        foreach (var reference in new[] { "v1", digest })
        {
            var answer = await Client.SendAsync("GET", $"/v2/app/manifests/{reference}");
            Assert.Equal(manifest, answer.Body);
            Assert.Equal((digest, RegistryClient.OciManifest), (answer.Header("Docker-Content-Digest"), answer.Header("Content-Type")));
            var head = await Client.SendAsync("HEAD", $"/v2/app/manifests/{reference}");
            Assert.Equal((HttpStatusCode.OK, manifest.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)), (head.Status, head.Header("Content-Length")));
            Assert.Empty(head.Body);
        }
    }

    [Fact]
    public async Task A_manifest_is_taken_only_when_all_it_names_is_there()
    {
        var (layer, config) = (RegistryClient.Bytes(1000), "{}"u8.ToArray());
        var manifest = RegistryClient.Manifest(config, [layer]);
        await Client.PushAsync("app", config);
        var refused = await Client.PutManifestAsync("app", "v1", manifest);
        Assert.Equal(
            (404, "MANIFEST_BLOB_UNKNOWN", $"Layers with digests '[{RegistryClient.Sha256(layer)}]' required for pushing image into repository with name 'app' in the registry with id '000000000000' do not exist"),
            refused.Error);
        Assert.Equal((404, "MANIFEST_UNKNOWN", "Requested image not found"), (await Client.SendAsync("GET", "/v2/app/manifests/v1")).Error);

        // Pushed to another repository is not pushed to this one.
        await _region.CreateAsync("other");
        await Client.PushAsync("other", layer);
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", (await Client.PutManifestAsync("app", "v1", manifest)).Error.Code);
        await Client.PushAsync("app", layer);
        (await Client.PutManifestAsync("app", "v1", manifest)).Must(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_index_holds_its_images()
    {
        var (digest, manifest) = await Client.PushImageAsync("app", "");
        var index = RegistryClient.Index(RegistryClient.Descriptor(RegistryClient.OciManifest, manifest, ""","platform":{"os":"linux","architecture":"amd64"}"""));
        var missing = RegistryClient.Index(RegistryClient.Descriptor(RegistryClient.OciManifest, [1]));
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", (await Client.PutManifestAsync("app", "all", missing, RegistryClient.OciIndex)).Error.Code);
        (await Client.PutManifestAsync("app", "all", index, RegistryClient.OciIndex)).Must(HttpStatusCode.Created);
        Assert.Equal((409, "DENIED"), Short(await Client.SendAsync("DELETE", $"/v2/app/manifests/{digest}")));
        (await Client.SendAsync("DELETE", $"/v2/app/manifests/{RegistryClient.Sha256(index)}")).Must(HttpStatusCode.Accepted);
        (await Client.SendAsync("DELETE", $"/v2/app/manifests/{digest}")).Must(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Accept_decides()
    {
        await Client.PushImageAsync("app", "v1");
        (await Client.SendAsync("GET", "/v2/app/manifests/v1", null, null, ("Accept", $"text/plain, {RegistryClient.OciManifest};q=0.5"))).Must(HttpStatusCode.OK);
        (await Client.SendAsync("GET", "/v2/app/manifests/v1", null, null, ("Accept", "*/*"))).Must(HttpStatusCode.OK);
        var refused = await Client.SendAsync("GET", "/v2/app/manifests/v1", null, null, ("Accept", "application/vnd.docker.distribution.manifest.v2+json"));
        Assert.Equal((404, "MANIFEST_UNKNOWN"), Short(refused));
    }

    [Theory]
    [InlineData("not json", RegistryClient.OciManifest)]
    [InlineData("[]", RegistryClient.OciManifest)]
    [InlineData("""{"schemaVersion":1,"name":"x","fsLayers":[]}""", "application/vnd.docker.distribution.manifest.v1+prettyjws")]
    [InlineData("""{"schemaVersion":1}""", RegistryClient.OciManifest)]
    [InlineData("""{"schemaVersion":2,"layers":[]}""", RegistryClient.OciManifest)]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"sha256:xyz","size":1},"layers":[]}""", RegistryClient.OciManifest)]
    [InlineData("""{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","size":-1},"layers":[]}""", RegistryClient.OciManifest)]
    [InlineData("""{"schemaVersion":2,"manifests":[],"layers":[]}""", RegistryClient.OciIndex)]
    [InlineData("""{"schemaVersion":2,"schemaVersion":2,"manifests":[]}""", RegistryClient.OciIndex)]
    [InlineData("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}""", RegistryClient.OciManifest)]
    [InlineData("""{"schemaVersion":2,"manifests":[]}""", "text/html")]
    public async Task What_is_no_manifest_is_refused(string manifest, string type)
    {
        var answer = await Client.PutManifestAsync("app", "v1", Encoding.UTF8.GetBytes(manifest), type);
        Assert.Equal((400, "MANIFEST_INVALID"), Short(answer));
        Assert.Equal((404, "MANIFEST_UNKNOWN"), Short(await Client.SendAsync("GET", "/v2/app/manifests/v1")));
    }

    [Fact]
    public async Task A_manifest_has_its_limit_and_its_digest()
    {
        var large = new byte[(4 * 1024 * 1024) + 1];
        Assert.Equal((413, "SIZE_INVALID"), Short(await Client.PutManifestAsync("app", "v1", large)));
        var index = RegistryClient.Index();
        Assert.Equal((400, "DIGEST_INVALID"), Short(await Client.PutManifestAsync("app", RegistryClient.Sha256([1]), index, RegistryClient.OciIndex)));
    }

    [Fact]
    public async Task A_size_that_no_blob_has_is_refused()
    {
        var config = "{}"u8.ToArray();
        await Client.PushAsync("app", config);
        var manifest = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(RegistryClient.Manifest(config, [])).Replace("\"size\":2", "\"size\":3", StringComparison.Ordinal));
        Assert.Equal((400, "MANIFEST_INVALID"), Short(await Client.PutManifestAsync("app", "v1", manifest)));
    }

    [Fact]
    public async Task Tags_of_an_immutable_repository_stay()
    {
        await _region.CreateAsync("fixed", static repository => repository with
        {
            TagMutability = "IMMUTABLE_WITH_EXCLUSION",
            TagFilters = [new("WILDCARD", "dev*")],
        });
        var (_, first) = await Client.PushImageAsync("fixed", "v1");
        (await Client.PutManifestAsync("fixed", "v1", first)).Must(HttpStatusCode.Created);
        await Client.PushImageAsync("fixed", "dev-1");
        var (_, second) = await Client.PushImageAsync("fixed", "dev-1", seed: 2);
        Assert.Equal(
            (400, "TAG_INVALID", "The image tag 'v1' already exists in the 'fixed' repository and cannot be overwritten because the repository is immutable."),
            (await Client.PutManifestAsync("fixed", "v1", second)).Error);
        Assert.Equal(first, (await Client.SendAsync("GET", "/v2/fixed/manifests/v1")).Body);
    }

    [Fact]
    public async Task A_moved_tag_leaves_its_image_and_a_deleted_tag_too()
    {
        var (first, _) = await Client.PushImageAsync("app", "v1");
        await Client.PushImageAsync("app", "v1", seed: 2);
        (await Client.SendAsync("GET", $"/v2/app/manifests/{first}")).Must(HttpStatusCode.OK);
        (await Client.SendAsync("DELETE", "/v2/app/manifests/v1")).Must(HttpStatusCode.Accepted);
        Assert.Equal((404, "MANIFEST_UNKNOWN"), Short(await Client.SendAsync("GET", "/v2/app/manifests/v1")));
        (await Client.SendAsync("GET", $"/v2/app/manifests/{first}")).Must(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Artifacts_are_found_by_their_subject()
    {
        var (subject, manifest) = await Client.PushImageAsync("app", "v1");
        var config = "{}"u8.ToArray();
        await Client.PushAsync("app", config);
        for (var i = 0; i < 3; i++)
        {
            var more = $$""","artifactType":"application/x.kind{{i % 2}}","annotations":{"n":"{{i}}"},"subject":{{RegistryClient.Descriptor(RegistryClient.OciManifest, manifest)}}""";
            var artifact = RegistryClient.Manifest(config, [], more);
            var put = await Client.PutManifestAsync("app", RegistryClient.Sha256(artifact), artifact);
            Assert.Equal((HttpStatusCode.Created, subject), (put.Status, put.Header("OCI-Subject")));
        }

        var all = await Client.SendAsync("GET", $"/v2/app/referrers/{subject}");
        Assert.Equal(RegistryClient.OciIndex, all.Header("Content-Type"));
        Assert.Equal(3, all.Text.Split("\"digest\"").Length - 1);
        Assert.Contains("""
            "annotations":{"n":"1"}
            """.Trim(), all.Text, StringComparison.Ordinal);
        var some = await Client.SendAsync("GET", $"/v2/app/referrers/{subject}?artifactType=application/x.kind0");
        Assert.Equal(("artifactType", 2), (some.Header("OCI-Filters-Applied"), some.Text.Split("\"digest\"").Length - 1));
        Assert.Contains("\"manifests\":[]", (await Client.SendAsync("GET", $"/v2/app/referrers/{RegistryClient.Sha256([1])}")).Text, StringComparison.Ordinal);

        // The subject need not be there (yet).
        var early = RegistryClient.Manifest(config, [], $",\"subject\":{RegistryClient.Descriptor(RegistryClient.OciManifest, [7])}");
        (await Client.PutManifestAsync("app", "early", early)).Must(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Referrers_page()
    {
        var (subject, manifest) = await Client.PushImageAsync("app", "v1");
        var config = "{}"u8.ToArray();
        await Client.PushAsync("app", config);
        for (var i = 0; i < 5; i++)
        {
            var artifact = RegistryClient.Manifest(config, [], $$""","annotations":{"n":"{{i}}"},"subject":{{RegistryClient.Descriptor(RegistryClient.OciManifest, manifest)}}""");
            (await Client.PutManifestAsync("app", RegistryClient.Sha256(artifact), artifact)).Must(HttpStatusCode.Created);
        }

        var (found, next) = (0, $"/v2/app/referrers/{subject}?n=2");
        while (next is not null)
        {
            var page = await Client.SendAsync("GET", next);
            found += page.Text.Split("\"digest\"").Length - 1;
            next = page.Header("Link") is { } link ? link[1..link.IndexOf('>', StringComparison.Ordinal)] : null;
        }

        Assert.Equal(5, found);
    }

    [Fact]
    public async Task Tags_and_repositories_page()
    {
        var (_, manifest) = await Client.PushImageAsync("app", "b");
        foreach (var tag in new[] { "a", "c", "d", "e" })
        {
            (await Client.PutManifestAsync("app", tag, manifest)).Must(HttpStatusCode.Created);
        }

        var first = await Client.SendAsync("GET", "/v2/app/tags/list?n=2");
        Assert.Equal(("""{"name":"app","tags":["a","b"]}""", "</v2/app/tags/list?last=b&n=2>; rel=\"next\""), (first.Text, first.Header("Link")));
        var last = await Client.SendAsync("GET", "/v2/app/tags/list?last=c&n=2");
        Assert.Equal(("""{"name":"app","tags":["d","e"]}""", (string?)null), (last.Text, last.Header("Link")));
        Assert.Equal("""{"name":"app","tags":[]}""", (await Client.SendAsync("GET", "/v2/app/tags/list?n=0")).Text);
        Assert.Equal(400, (await Client.SendAsync("GET", "/v2/app/tags/list?n=x")).Error.Status);
        await _region.CreateAsync("a/b");
        Assert.Equal("""{"repositories":["a/b"]}""", (await Client.SendAsync("GET", "/v2/_catalog?n=1")).Text);
        Assert.Equal("""{"repositories":["app"]}""", (await Client.SendAsync("GET", "/v2/_catalog?last=a/b")).Text);
    }

    [Fact]
    public async Task A_pull_is_recorded_once_a_day()
    {
        var (digest, _) = await Client.PushImageAsync("app", "v1");
        var key = new RepositoryKey(new(EcrRegion.Account, "us-east-1"), "app");
        async Task<DateTimeOffset?> PulledAsync() => (await _region.Store.FindImageAsync(key, digest, TestContext.Current.CancellationToken))!.LastPulledAt;
        await Client.SendAsync("HEAD", "/v2/app/manifests/v1");
        Assert.Null(await PulledAsync());
        var first = _region.Time.GetUtcNow();
        await Client.SendAsync("GET", "/v2/app/manifests/v1");
        _region.Time.Advance(TimeSpan.FromHours(23));
        await Client.SendAsync("GET", "/v2/app/manifests/v1");
        Assert.Equal(first, await PulledAsync());
        _region.Time.Advance(TimeSpan.FromHours(2));
        await Client.SendAsync("GET", "/v2/app/manifests/v1");
        Assert.Equal(_region.Time.GetUtcNow(), await PulledAsync());
    }

    [Fact]
    public async Task A_push_makes_its_repository_where_a_template_or_the_settings_say_so()
    {
        Assert.Equal(
            (404, "NAME_UNKNOWN", "The repository with name 'team/new' does not exist in the registry with id '000000000000'"),
            (await Client.SendAsync("POST", "/v2/team/new/blobs/uploads/")).Error);
        var scope = new Kernel.Scope(EcrRegion.Account, "us-east-1");
        var now = _region.Time.GetUtcNow();
        await _region.Store.ChangeTemplateAsync(
            scope,
            "team",
            _ => new() { Prefix = "team", CreatedAt = now, UpdatedAt = now, AppliedFor = ["CREATE_ON_PUSH"], TagMutability = "IMMUTABLE" },
            TestContext.Current.CancellationToken);
        await Client.PushImageAsync("team/new", "v1");
        Assert.Equal("IMMUTABLE", (await _region.Store.FindRepositoryAsync(new(scope, "team/new"), TestContext.Current.CancellationToken))!.TagMutability);
        Assert.Equal("NAME_UNKNOWN", (await Client.SendAsync("POST", "/v2/teamwork/new/blobs/uploads/")).Error.Code);
        await using var generous = await EcrRegion.StartAsync(new EcrOptions { CreateOnPush = true });
        await generous.Client.PushImageAsync("anything", "v1");
    }

    private static (int Status, string Code) Short(Answer answer) => (answer.Error.Status, answer.Error.Code);
}
