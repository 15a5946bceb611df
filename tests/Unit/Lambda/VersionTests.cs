using Fogbank.Contracts.Lambda;
using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class VersionTests
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";

    [Fact]
    public async Task Versions_are_immutable_listed_invoked_and_deleted()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var first = await region.SendAsync(new PublishVersionRequest { FunctionName = "f", Description = "one" });
        Assert.Equal(("1", $"{Arn}:1", "one"), (first.Version, first.FunctionArn, first.Description));
        Assert.Equal("1", (await region.SendAsync(new PublishVersionRequest { FunctionName = "f" })).Version);
        await region.SendAsync(new UpdateFunctionConfigurationRequest { FunctionName = "f", Timeout = 9 });
        await region.UntilActiveAsync("f");
        Assert.Equal("2", (await region.SendAsync(new PublishVersionRequest { FunctionName = "f" })).Version);
        var answer = await region.SendAsync(new InvokeRequest { FunctionName = "f:1" });
        Assert.Equal("1", answer.ExecutedVersion);
        Assert.Equal("1", region.Engine.Started[0].Spec.Environment["AWS_LAMBDA_FUNCTION_VERSION"]);

        var listed = new List<string?>();
        string? marker = null;
        do
        {
            var page = await region.SendAsync(new ListVersionsByFunctionRequest { FunctionName = "f", MaxItems = 1, Marker = marker });
            listed.AddRange(page.Versions!.Select(version => version.Version));
            marker = page.NextMarker;
        }
        while (marker is not null);
        Assert.Equal(["$LATEST", "1", "2"], listed);

        await region.SendAsync(new DeleteFunctionRequest { FunctionName = "f", Qualifier = "1" });
        Assert.Equal(
            ("ResourceNotFoundException", $"Function not found: {Arn}:1"),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(new GetFunctionRequest { FunctionName = "f", Qualifier = "1" })));
        Assert.Equal(
            "$LATEST version cannot be deleted without deleting the function.",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new DeleteFunctionRequest { FunctionName = "f", Qualifier = "$LATEST" }))).Message);
    }

    [Fact]
    public async Task All_versions_of_all_functions_page_one_by_one()
    {
        await using var region = await LambdaRegion.StartAsync();
        foreach (var name in (string[])["a", "b", "c"])
        {
            await region.CreateAsync(name);
        }

        await region.SendAsync(new PublishVersionRequest { FunctionName = "a" });
        await region.SendAsync(new PublishVersionRequest { FunctionName = "c" });
        foreach (var size in (int[])[1, 2, 3, 50])
        {
            var listed = new List<string?>();
            string? marker = null;
            do
            {
                var page = await region.SendAsync(new ListFunctionsRequest { FunctionVersion = "ALL", MaxItems = size, Marker = marker });
                Assert.InRange(page.Functions!.Count, 1, size);
                listed.AddRange(page.Functions.Select(function => $"{function.FunctionName}:{function.Version}"));
                marker = page.NextMarker;
            }
            while (marker is not null);
            Assert.Equal(["a:$LATEST", "a:1", "b:$LATEST", "c:$LATEST", "c:1"], listed);
        }
    }

    [Fact]
    public async Task A_version_published_with_its_code_is_Pending_until_the_code_is_prepared()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.PrepareFails = new(EngineErrorKind.Unavailable, "later");
        var created = await region.SendAsync(Creation("f"));
        var version = await region.SendAsync(new GetFunctionRequest { FunctionName = "f", Qualifier = "1" });
        Assert.Equal(("1", $"{Arn}:1", "Pending", "Creating"), (created.Version, created.FunctionArn, created.State, created.StateReasonCode));
        Assert.Equal(("Pending", created.RevisionId), (version.Configuration!.State, version.Configuration.RevisionId));
        var refusal = ("ResourceConflictException", "The operation cannot be performed at this time. The function is currently in the following state: Pending");
        Assert.Equal(refusal, await LambdaRegion.ErrorOfAsync(region.SendAsync(new InvokeRequest { FunctionName = "f:1" })));
        Assert.Equal(refusal, await LambdaRegion.ErrorOfAsync(region.SendAsync(new InvokeRequest { FunctionName = "f:1", InvocationType = "Event" })));
        Assert.Equal(
            ("ResourceConflictException", $"The operation cannot be performed at this time. An update is in progress for resource: {Arn}"),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(new PublishVersionRequest { FunctionName = "f" })));

        region.Engine.PrepareFails = null;
        var active = await UntilSettledAsync(region, "1");
        Assert.Equal(("Active", null, "Successful"), (active.State, active.StateReason, active.LastUpdateStatus));
        Assert.NotEqual(created.RevisionId, active.RevisionId);
        Assert.Equal("1", (await region.SendAsync(new InvokeRequest { FunctionName = "f:1" })).ExecutedVersion);
        Assert.Equal("1", (await region.SendAsync(new PublishVersionRequest { FunctionName = "f" })).Version);
    }

    [Fact]
    public async Task A_version_of_code_that_cannot_be_unpacked_fails_with_its_function()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.PrepareFails = new(EngineErrorKind.ArtifactInvalid, "an entry leads out of the archive");
        await region.SendAsync(Creation("f"));
        var version = await UntilSettledAsync(region, "1");
        var function = await UntilSettledAsync(region, "$LATEST");
        Assert.Equal(
            ("Failed", "InvalidZipFileException", "an entry leads out of the archive"), (version.State, version.StateReasonCode, version.StateReason));
        Assert.Equal((function.State, function.StateReasonCode, function.StateReason), (version.State, version.StateReasonCode, version.StateReason));
        var refusal = ("ResourceConflictException", "The operation cannot be performed at this time. The function is currently in the following state: Failed");
        Assert.Equal(refusal, await LambdaRegion.ErrorOfAsync(region.SendAsync(new InvokeRequest { FunctionName = "f:1" })));
        Assert.Equal(refusal, await LambdaRegion.ErrorOfAsync(region.SendAsync(new PublishVersionRequest { FunctionName = "f" })));

        region.Engine.PrepareFails = null;
        var mended = await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip(text: "mended"), Publish = true });
        Assert.Equal(("2", "Pending"), (mended.Version, mended.State));
        Assert.Equal("Active", (await UntilSettledAsync(region, "2")).State);
        Assert.Equal("Failed", (await UntilSettledAsync(region, "1")).State);
    }

    [Fact]
    public async Task A_version_published_by_a_failed_update_fails_while_the_function_goes_on()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        region.Engine.PrepareFails = new(EngineErrorKind.ArtifactTooLarge, "it is too large");
        var updated = await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip(text: "new"), Publish = true });
        Assert.Equal(("1", $"{Arn}:1", "Pending", "InProgress"), (updated.Version, updated.FunctionArn, updated.State, updated.LastUpdateStatus));
        var version = await UntilSettledAsync(region, "1");
        Assert.Equal(("Failed", "it is too large", "Failed"), (version.State, version.StateReason, version.LastUpdateStatus));
        var function = await UntilSettledAsync(region, "$LATEST");
        Assert.Equal(("Active", "Failed", "it is too large"), (function.State, function.LastUpdateStatus, function.LastUpdateStatusReason));
        Assert.Equal("1", (await region.InvokeAsync("f", "1")).Payload);

        // The version keeps the number, and what the function is now becomes the next one.
        Assert.Equal(("2", "Active"), await PublishAsync(region));
        await region.SendAsync(new DeleteFunctionRequest { FunctionName = "f", Qualifier = "1" });
        Assert.Equal(("2", "Active"), await PublishAsync(region));
    }

    [Fact]
    public async Task A_pending_version_may_be_deleted()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.PrepareFails = new(EngineErrorKind.Unavailable, "later");
        await region.SendAsync(Creation("f"));
        await region.SendAsync(new DeleteFunctionRequest { FunctionName = "f", Qualifier = "1" });
        region.Engine.PrepareFails = null;
        Assert.Equal("Active", (await UntilSettledAsync(region, "$LATEST")).State);
        Assert.Equal("ResourceNotFoundException", (await LambdaRegion.ErrorOfAsync(region.SendAsync(new GetFunctionRequest { FunctionName = "f", Qualifier = "1" }))).Code);
        Assert.Equal(("2", "Active"), await PublishAsync(region));
    }

    private static CreateFunctionRequest Creation(string name) => new()
    {
        FunctionName = name,
        Role = LambdaRegion.Role,
        Runtime = "provided.al2023",
        Handler = "a.b",
        Code = new() { ZipFile = LambdaRegion.Zip() },
        Publish = true,
    };

    private static async Task<(string? Version, string? State)> PublishAsync(LambdaRegion region)
    {
        var published = await region.SendAsync(new PublishVersionRequest { FunctionName = "f" });
        return (published.Version, published.State);
    }

    private static async Task<GetFunctionConfigurationResponse> UntilSettledAsync(LambdaRegion region, string qualifier)
    {
        while (true)
        {
            var now = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f", Qualifier = qualifier });
            if (now is { State: not "Pending", LastUpdateStatus: not "InProgress" })
            {
                return now;
            }

            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
