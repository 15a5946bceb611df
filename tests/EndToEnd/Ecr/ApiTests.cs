using System.Security.Cryptography;
using System.Text;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Ecr;

public class ApiTests(SharedRegion region) : ClientTest(region)
{
    [Fact]
    public async Task Cli_makes_describes_changes_and_deletes_repositories()
    {
        var made = (await AwsAsync("ecr", "create-repository", "--repository-name", "team/app", "--image-tag-mutability", "IMMUTABLE", "--tags", "Key=stage,Value=test"))["repository"]!;
        var arn = made["repositoryArn"]!.GetValue<string>();
        Assert.Equal($"arn:aws:ecr:us-east-1:{Account}:repository/team/app", arn);
        Assert.Matches($"^{Account}\\.dkr\\.ecr\\.us-east-1\\.localhost:[0-9]+/team/app$", made["repositoryUri"]!.GetValue<string>());
        Assert.Equal(
            $"An error occurred (RepositoryAlreadyExistsException) when calling the CreateRepository operation: The repository with name 'team/app' already exists in the registry with id '{Account}'",
            await AwsFailsAsync("ecr", "create-repository", "--repository-name", "team/app"));
        Assert.Equal(
            @"An error occurred (InvalidParameterException) when calling the CreateRepository operation: Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*''",
            await AwsFailsAsync("ecr", "create-repository", "--repository-name", "Team"));
        await AwsAsync("ecr", "put-image-tag-mutability", "--repository-name", "team/app", "--image-tag-mutability", "MUTABLE");
        await AwsAsync("ecr", "put-image-scanning-configuration", "--repository-name", "team/app", "--image-scanning-configuration", "scanOnPush=true");
        var read = (await AwsAsync("ecr", "describe-repositories", "--repository-names", "team/app"))["repositories"]![0]!;
        Assert.Equal(("MUTABLE", true), (read["imageTagMutability"]!.GetValue<string>(), read["imageScanningConfiguration"]!["scanOnPush"]!.GetValue<bool>()));
        await AwsAsync("ecr", "tag-resource", "--resource-arn", arn, "--tags", "Key=owner,Value=");
        await AwsAsync("ecr", "untag-resource", "--resource-arn", arn, "--tag-keys", "stage");
        Assert.Equal("""[{"Key":"owner","Value":""}]""", (await AwsAsync("ecr", "list-tags-for-resource", "--resource-arn", arn))["tags"]!.ToJsonString());
        const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"ecr:BatchGetImage"}]}""";
        await AwsAsync("ecr", "set-repository-policy", "--repository-name", "team/app", "--policy-text", Policy);
        Assert.StartsWith("{\n  \"Version\" : \"2012-10-17\",\n", (await AwsAsync("ecr", "get-repository-policy", "--repository-name", "team/app"))["policyText"]!.GetValue<string>(), StringComparison.Ordinal);
        await AwsAsync("ecr", "delete-repository-policy", "--repository-name", "team/app");
        Assert.Equal(Account, (await AwsAsync("ecr", "describe-registry"))["registryId"]!.GetValue<string>());
        await AwsAsync("ecr", "delete-repository", "--repository-name", "team/app");
        Assert.Contains("(RepositoryNotFoundException)", await AwsFailsAsync("ecr", "describe-repositories", "--repository-names", "team/app"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Boto3_pushes_by_parts_pages_and_downloads()
    {
        await BotoAsync("ecr", "create_repository", new { repositoryName = "app" });
        var upload = await BotoAsync("ecr", "initiate_layer_upload", new { repositoryName = "app" });
        var id = upload["uploadId"]!.GetValue<string>();
        var partSize = upload["partSize"]!.GetValue<int>();
        var layer = RandomNumberGenerator.GetBytes(partSize + 12_345);
        await BotoAsync("ecr", "upload_layer_part", new { repositoryName = "app", uploadId = id, partFirstByte = 0, partLastByte = partSize - 1, layerPartBlob = layer[..partSize] });
        var again = await BotoFailsAsync("ecr", "upload_layer_part", new { repositoryName = "app", uploadId = id, partFirstByte = 0, partLastByte = partSize - 1, layerPartBlob = layer[..partSize] });
        Assert.Equal(("InvalidLayerPartException", 400), (again.Code, again.Status));
        await BotoAsync("ecr", "upload_layer_part", new { repositoryName = "app", uploadId = id, partFirstByte = partSize, partLastByte = layer.Length - 1, layerPartBlob = layer[partSize..] });
        var digest = TestImage.DigestOf(layer);
        var wrong = await BotoFailsAsync("ecr", "complete_layer_upload", new { repositoryName = "app", uploadId = id, layerDigests = new[] { "sha256:zz" } });
        Assert.Equal("InvalidParameterException", wrong.Code);
        await BotoAsync("ecr", "complete_layer_upload", new { repositoryName = "app", uploadId = id, layerDigests = new[] { digest } });
        var manifest = $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{digest}}","size":{{layer.Length}}},"layers":[]}""";
        for (var i = 0; i < 5; i++)
        {
            await BotoAsync("ecr", "put_image", new { repositoryName = "app", imageManifest = manifest, imageTag = $"v{i}" });
        }

        var exists = await BotoFailsAsync("ecr", "put_image", new { repositoryName = "app", imageManifest = manifest, imageTag = "v0" });
        Assert.Equal("ImageAlreadyExistsException", exists.Code);
        var pages = (await BotoAsync("ecr", "page:list_images", new { repositoryName = "app", PaginationConfig = new { PageSize = 2 } })).AsArray();
        Assert.Equal(
            ["v0", "v1", "v2", "v3", "v4"],
            pages.SelectMany(page => page!["imageIds"]!.AsArray()).Select(item => item!["imageTag"]!.GetValue<string>()));
        Assert.True(pages.Count >= 3, $"{pages.Count} pages");
        var image = Assert.Single((await BotoAsync("ecr", "describe_images", new { repositoryName = "app" }))["imageDetails"]!.AsArray())!;
        Assert.Equal((layer.Length, 5), (image["imageSizeInBytes"]!.GetValue<int>(), image["imageTags"]!.AsArray().Count));
        var url = (await BotoAsync("ecr", "get_download_url_for_layer", new { repositoryName = "app", layerDigest = digest }))["downloadUrl"]!.GetValue<string>();
        using var http = new HttpClient();
        Assert.Equal(layer, await http.GetByteArrayAsync(new Uri(url), Cancel));
        var changed = await http.GetAsync(new Uri(url[..^3] + "AAA"), Cancel);
        Assert.Equal(403, (int)changed.StatusCode);
    }

    [Fact]
    public async Task Boto3_pages_repositories_and_images()
    {
        foreach (var name in new[] { "aa", "bb", "cc", "dd", "ee" })
        {
            await BotoAsync("ecr", "create_repository", new { repositoryName = name });
        }

        var pages = (await BotoAsync("ecr", "page:describe_repositories", new { PaginationConfig = new { PageSize = 2 } })).AsArray();
        Assert.Equal(["aa", "bb", "cc", "dd", "ee"], pages.SelectMany(page => page!["repositories"]!.AsArray()).Select(item => item!["repositoryName"]!.GetValue<string>()));
        Assert.Equal(3, pages.Count);
        foreach (var content in new[] { "1", "2", "3" })
        {
            await PushAsync("aa", content);
        }

        pages = (await BotoAsync("ecr", "page:describe_images", new { repositoryName = "aa", PaginationConfig = new { PageSize = 2 } })).AsArray();
        Assert.Equal((2, 3), (pages.Count, pages.Sum(page => page!["imageDetails"]!.AsArray().Count)));
    }

    [Fact]
    public async Task Scans_and_previews_say_that_they_are_not_built()
    {
        await BotoAsync("ecr", "create_repository", new { repositoryName = "app" });

        // The waiters of the API wait for these two.
        foreach (var (call, input) in new (string, object)[]
        {
            ("wait:image_scan_complete", new { repositoryName = "app", imageId = new { imageTag = "v1" } }),
            ("wait:lifecycle_policy_preview_complete", new { repositoryName = "app" }),
        })
        {
            var error = await BotoFailsAsync("ecr", call, input);
            Assert.Contains("Fogbank does not implement ECR", error.Message, StringComparison.Ordinal);
        }

        var refused = await BotoFailsAsync("ecr", "put_replication_configuration", new { replicationConfiguration = new { rules = Array.Empty<object>() } });
        Assert.Equal(501, refused.Status);
    }

    [Fact]
    public async Task JavaScript_gets_failures_settings_and_templates()
    {
        await NodeAsync("ecr", "CreateRepository", new
        {
            repositoryName = "app",
            imageTagMutability = "IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters = new[] { new { filterType = "WILDCARD", filter = "dev*" } },
        });
        await PushAsync("app", "content", "dev1");
        await PushAsync("app", "other", "dev1");
        await PushAsync("app", "content", "v1");
        var refused = await Assert.ThrowsAsync<ClientException>(() => PushAsync("app", "other", "v1"));
        Assert.Equal("ImageTagAlreadyExistsException", refused.Code);
        var got = await NodeAsync("ecr", "BatchGetImage", new { repositoryName = "app", imageIds = new object[] { new { imageTag = "v1" }, new { imageTag = "v2" }, new { imageDigest = "sha256:zz" } } });
        Assert.Equal("v1", Assert.Single(got["images"]!.AsArray())!["imageId"]!["imageTag"]!.GetValue<string>());
        Assert.Equal(["ImageNotFound", "InvalidImageDigest"], got["failures"]!.AsArray().Select(item => item!["failureCode"]!.GetValue<string>()));
        var deleted = await NodeAsync("ecr", "BatchDeleteImage", new { repositoryName = "app", imageIds = new object[] { new { imageTag = "dev1" }, new { imageTag = "none" } } });
        Assert.Equal((1, 1), (deleted["imageIds"]!.AsArray().Count, deleted["failures"]!.AsArray().Count));
        await NodeAsync("ecr", "PutAccountSetting", new { name = "BLOB_MOUNTING", value = "DISABLED" });
        Assert.Equal("DISABLED", (await NodeAsync("ecr", "GetAccountSetting", new { name = "BLOB_MOUNTING" }))["value"]!.GetValue<string>());
        await NodeAsync("ecr", "CreateRepositoryCreationTemplate", new { prefix = "prod", appliedFor = new[] { "CREATE_ON_PUSH" }, imageTagMutability = "IMMUTABLE" });
        var pages = (await NodeAsync("ecr", "page:DescribeRepositoryCreationTemplates", new { maxResults = 1 })).AsArray();
        Assert.Equal("prod", pages[0]!["repositoryCreationTemplates"]![0]!["prefix"]!.GetValue<string>());
        var unknown = await NodeFailsAsync("ecr", "DescribeImages", new { repositoryName = "app", imageIds = new[] { new { imageTag = "nope" } } });
        Assert.Equal(
            $"The image with imageId {{imageDigest:'null', imageTag:'nope'}} does not exist within the repository with name 'app' in the registry with id '{Account}'",
            unknown.Text);
    }

    /// <summary>An image of one configuration, through boto3.</summary>
    private async Task PushAsync(string repository, string content, string? tag = null)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var digest = TestImage.DigestOf(bytes);
        var found = await BotoAsync("ecr", "batch_check_layer_availability", new { repositoryName = repository, layerDigests = new[] { digest } });
        if (found["layers"]![0]!["layerAvailability"]!.GetValue<string>() != "AVAILABLE")
        {
            var id = (await BotoAsync("ecr", "initiate_layer_upload", new { repositoryName = repository }))["uploadId"]!.GetValue<string>();
            await BotoAsync("ecr", "upload_layer_part", new { repositoryName = repository, uploadId = id, partFirstByte = 0, partLastByte = bytes.Length - 1, layerPartBlob = bytes });
            await BotoAsync("ecr", "complete_layer_upload", new { repositoryName = repository, uploadId = id, layerDigests = new[] { digest } });
        }

        var manifest = $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{digest}}","size":{{bytes.Length}}},"layers":[]}""";
        await BotoAsync("ecr", "put_image", tag is null ? new { repositoryName = repository, imageManifest = manifest } : new { repositoryName = repository, imageManifest = manifest, imageTag = tag });
    }
}
