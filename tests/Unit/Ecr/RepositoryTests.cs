using Fogbank.Contracts.Ecr;
using Xunit;

namespace Fogbank.Tests.Unit.Ecr;

public sealed class RepositoryTests
{
    [Fact]
    public async Task A_repository_is_described_as_it_was_made()
    {
        await using var api = await EcrApi.StartAsync();
        var made = (await api.SendAsync(new CreateRepositoryRequest
        {
            RepositoryName = "team/app",
            ImageTagMutability = ImageTagMutability.ImmutableWithExclusion,
            ImageTagMutabilityExclusionFilters = [new() { FilterType = "WILDCARD", Filter = "dev-*" }],
            ImageScanningConfiguration = new() { ScanOnPush = true },
            Tags = [new() { Key = "b", Value = "2" }, new() { Key = "a", Value = "" }],
        })).Repository!;
        Assert.Equal("arn:aws:ecr:eu-west-1:111122223333:repository/team/app", made.RepositoryArn);
        Assert.Equal("111122223333.dkr.ecr.eu-west-1.localhost:4566/team/app", made.RepositoryUri);
        var read = Assert.Single((await api.SendAsync(new DescribeRepositoriesRequest())).Repositories!);
        Assert.Equal(
            (made.RepositoryArn, "IMMUTABLE_WITH_EXCLUSION", "dev-*", true, "AES256", made.CreatedAt),
            (read.RepositoryArn, read.ImageTagMutability, read.ImageTagMutabilityExclusionFilters![0].Filter,
                read.ImageScanningConfiguration!.ScanOnPush!.Value, read.EncryptionConfiguration!.EncryptionType, read.CreatedAt));
        var tags = (await api.SendAsync(new ListTagsForResourceRequest { ResourceArn = made.RepositoryArn! })).Tags!;
        Assert.Equal(["a=", "b=2"], tags.Select(tag => $"{tag.Key}={tag.Value}"));
    }

    [Fact]
    public async Task Repositories_are_paged_and_found_by_name()
    {
        await using var api = await EcrApi.StartAsync();
        foreach (var name in new[] { "cc", "aa", "bb" })
        {
            await api.CreateAsync(name);
        }

        var first = await api.SendAsync(new DescribeRepositoriesRequest { MaxResults = 2 });
        var second = await api.SendAsync(new DescribeRepositoriesRequest { MaxResults = 2, NextToken = first.NextToken });
        Assert.Equal(["aa", "bb", "cc"], first.Repositories!.Concat(second.Repositories!).Select(item => item.RepositoryName));
        Assert.Null(second.NextToken);
        Assert.Equal(["cc", "aa"], (await api.SendAsync(new DescribeRepositoriesRequest { RepositoryNames = ["cc", "aa"] })).Repositories!.Select(item => item.RepositoryName));
        Assert.Equal(
            "RepositoryNotFoundException: The repository with name 'dd' does not exist in the registry with id '111122223333'",
            await api.FailAsync(new DescribeRepositoriesRequest { RepositoryNames = ["aa", "dd"] }));
        Assert.StartsWith("InvalidParameterException: ", await api.FailAsync(new DescribeRepositoriesRequest { NextToken = "!" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_built_is_refused_by_name()
    {
        await using var api = await EcrApi.StartAsync();
        const string Tail = " yet, and will not store a setting that it would not act on.";
        Assert.Equal(
            $"InvalidParameterException: Fogbank does not support encryptionConfiguration.encryptionType KMS{Tail}",
            await api.FailAsync(new CreateRepositoryRequest { RepositoryName = "app", EncryptionConfiguration = new() { EncryptionType = "KMS" } }));
        Assert.Equal(
            $"InvalidParameterException: Fogbank does not support appliedFor REPLICATION{Tail}",
            await api.FailAsync(new CreateRepositoryCreationTemplateRequest { Prefix = "app", AppliedFor = ["CREATE_ON_PUSH", "REPLICATION"] }));
        Assert.Equal(
            $"InvalidParameterException: Fogbank does not support lifecyclePolicy{Tail}",
            await api.FailAsync(new CreateRepositoryCreationTemplateRequest { Prefix = "app", AppliedFor = ["CREATE_ON_PUSH"], LifecyclePolicy = "{}" }));
        Assert.StartsWith("NotImplementedException: ", await api.FailAsync(new StartImageScanRequest { RepositoryName = "app", ImageId = new() { ImageTag = "v1" } }), StringComparison.Ordinal);
        Assert.Empty((await api.SendAsync(new DescribeRepositoriesRequest())).Repositories!);
    }

    [Fact]
    public async Task A_repository_with_images_goes_only_by_force()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        await api.PutImageAsync("app", "one", "v1");
        Assert.Equal(
            "RepositoryNotEmptyException: The repository with name 'app' in registry with id '111122223333' cannot be deleted because it still contains images",
            await api.FailAsync(new DeleteRepositoryRequest { RepositoryName = "app" }));
        var gone = (await api.SendAsync(new DeleteRepositoryRequest { RepositoryName = "app", Force = true })).Repository!;
        Assert.Equal(("app", null), (gone.RepositoryName, gone.EncryptionConfiguration));
        Assert.StartsWith("RepositoryNotFoundException: ", await api.FailAsync(new DeleteRepositoryRequest { RepositoryName = "app" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MUTABLE", "a", false)]
    [InlineData("IMMUTABLE_WITH_EXCLUSION", null, false)]
    [InlineData("MUTABLE_WITH_EXCLUSION", "v*", true)]
    [InlineData("MUTABLE_WITH_EXCLUSION", "a*b*c*", false)]
    [InlineData("IMMUTABLE", null, true)]
    public async Task Filters_stand_where_the_mutability_calls_for_them(string mutability, string? filter, bool isGood)
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var request = new PutImageTagMutabilityRequest
        {
            RepositoryName = "app",
            ImageTagMutability = mutability,
            ImageTagMutabilityExclusionFilters = filter is null ? null : [new() { FilterType = "WILDCARD", Filter = filter }],
        };
        if (isGood)
        {
            Assert.Equal(mutability, (await api.SendAsync(request)).ImageTagMutability);
        }
        else
        {
            Assert.StartsWith("InvalidParameterException: Invalid parameter at 'imageTagMutabilityExclusionFilters'", await api.FailAsync(request), StringComparison.Ordinal);
            Assert.Equal("MUTABLE", (await api.SendAsync(new DescribeRepositoriesRequest())).Repositories![0].ImageTagMutability);
        }
    }

    [Fact]
    public async Task Tags_have_their_limits()
    {
        await using var api = await EcrApi.StartAsync();
        var arn = (await api.CreateAsync("app")).RepositoryArn!;
        await api.SendAsync(new TagResourceRequest { ResourceArn = arn, Tags = [.. Enumerable.Range(0, 50).Select(i => new Tag { Key = $"k{i}", Value = "v" })] });
        Assert.StartsWith("TooManyTagsException: ", await api.FailAsync(new TagResourceRequest { ResourceArn = arn, Tags = [new() { Key = "one-more", Value = "" }] }), StringComparison.Ordinal);
        Assert.StartsWith("InvalidTagParameterException: ", await api.FailAsync(new TagResourceRequest { ResourceArn = arn, Tags = [new() { Key = "aws:x", Value = "" }] }), StringComparison.Ordinal);
        await api.SendAsync(new UntagResourceRequest { ResourceArn = arn, TagKeys = [.. Enumerable.Range(1, 49).Select(i => $"k{i}"), "unknown"] });
        Assert.Equal("k0", Assert.Single((await api.SendAsync(new ListTagsForResourceRequest { ResourceArn = arn })).Tags!).Key);
        Assert.Equal(
            "InvalidParameterException: Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'",
            await api.FailAsync(new ListTagsForResourceRequest { ResourceArn = "arn:aws:ecr:eu-west-1:111122223333:app" }));
    }

    [Fact]
    public async Task Policies_come_back_in_the_form_that_AWS_gives_them()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        Assert.Equal(
            "RepositoryPolicyNotFoundException: Repository policy does not exist for the repository with name 'app' in the registry with id '111122223333'",
            await api.FailAsync(new GetRepositoryPolicyRequest { RepositoryName = "app" }));
        const string Text = """{"Version":"2012-10-17","Statement":[{"Sid":"x","Effect":"Allow","Principal":"*","Action":["ecr:BatchGetImage"]}]}""";
        await api.SendAsync(new SetRepositoryPolicyRequest { RepositoryName = "app", PolicyText = Text });
        var read = (await api.SendAsync(new GetRepositoryPolicyRequest { RepositoryName = "app" })).PolicyText;
        Assert.Equal(
            "{\n  \"Version\" : \"2012-10-17\",\n  \"Statement\" : [ {\n    \"Sid\" : \"x\",\n    \"Effect\" : \"Allow\",\n    \"Principal\" : \"*\",\n    \"Action\" : [ \"ecr:BatchGetImage\" ]\n  } ]\n}",
            read);
        Assert.Equal(read, (await api.SendAsync(new DeleteRepositoryPolicyRequest { RepositoryName = "app" })).PolicyText);
        Assert.StartsWith("RepositoryPolicyNotFoundException: ", await api.FailAsync(new DeleteRepositoryPolicyRequest { RepositoryName = "app" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_that_locks_everybody_out_takes_force()
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        var request = new SetRepositoryPolicyRequest
        {
            RepositoryName = "app",
            PolicyText = """{"Statement":{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"ecr:*"}}""",
        };
        Assert.StartsWith("InvalidParameterException: ", await api.FailAsync(request), StringComparison.Ordinal);
        Assert.StartsWith("RepositoryPolicyNotFoundException: ", await api.FailAsync(new GetRepositoryPolicyRequest { RepositoryName = "app" }), StringComparison.Ordinal);
        await api.SendAsync(new SetRepositoryPolicyRequest { RepositoryName = "app", PolicyText = request.PolicyText, Force = true });
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"Statement\":[]}")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ecr:*\"}]}")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"s3:GetObject\"}]}")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Maybe\",\"Principal\":\"*\",\"Action\":\"ecr:*\"}]}")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"somebody\"},\"Action\":\"ecr:*\"}]}")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"ecr:*\",\"Resource\":\"*\"}]}")]
    public async Task Policies_that_are_none_are_refused(string text)
    {
        await using var api = await EcrApi.StartAsync();
        await api.CreateAsync("app");
        Assert.Equal(
            "InvalidParameterException: Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
            await api.FailAsync(new SetRepositoryPolicyRequest { RepositoryName = "app", PolicyText = text }));
    }

    [Fact]
    public async Task Templates_are_made_changed_listed_and_deleted()
    {
        await using var api = await EcrApi.StartAsync();
        await api.SendAsync(new CreateRepositoryCreationTemplateRequest { Prefix = "prod/", AppliedFor = ["CREATE_ON_PUSH"], ImageTagMutability = "IMMUTABLE", Description = "d" });
        Assert.StartsWith("TemplateAlreadyExistsException: ", await api.FailAsync(new CreateRepositoryCreationTemplateRequest { Prefix = "prod", AppliedFor = ["CREATE_ON_PUSH"] }), StringComparison.Ordinal);
        api.Time.Advance(TimeSpan.FromMinutes(1));
        var changed = (await api.SendAsync(new UpdateRepositoryCreationTemplateRequest { Prefix = "prod", Description = "e" })).RepositoryCreationTemplate!;
        Assert.Equal(("e", "IMMUTABLE", TimeSpan.FromMinutes(1)), (changed.Description, changed.ImageTagMutability, changed.UpdatedAt - changed.CreatedAt));
        Assert.Equal("prod", Assert.Single((await api.SendAsync(new DescribeRepositoryCreationTemplatesRequest())).RepositoryCreationTemplates!).Prefix);
        await api.SendAsync(new DeleteRepositoryCreationTemplateRequest { Prefix = "prod" });
        Assert.StartsWith("TemplateNotFoundException: ", await api.FailAsync(new DeleteRepositoryCreationTemplateRequest { Prefix = "prod" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_settings_have_defaults_and_known_values()
    {
        await using var api = await EcrApi.StartAsync();
        Assert.Equal("AWS_NATIVE", (await api.SendAsync(new GetAccountSettingRequest { Name = "BASIC_SCAN_TYPE_VERSION" })).Value);
        await api.SendAsync(new PutAccountSettingRequest { Name = "BLOB_MOUNTING", Value = "DISABLED" });
        Assert.Equal("DISABLED", (await api.SendAsync(new GetAccountSettingRequest { Name = "BLOB_MOUNTING" })).Value);
        Assert.StartsWith("InvalidParameterException: ", await api.FailAsync(new PutAccountSettingRequest { Name = "BLOB_MOUNTING", Value = "MAYBE" }), StringComparison.Ordinal);
        Assert.StartsWith("InvalidParameterException: ", await api.FailAsync(new GetAccountSettingRequest { Name = "COLOUR" }), StringComparison.Ordinal);
    }
}
