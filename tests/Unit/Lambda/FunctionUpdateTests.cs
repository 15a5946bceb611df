using Fogbank.Contracts.Lambda;
using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class FunctionUpdateTests
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";

    [Fact]
    public async Task An_update_is_InProgress_then_Successful_and_bars_others()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        region.Engine.PrepareFails = new(EngineErrorKind.Unavailable, "later");
        var updated = await region.SendAsync(new UpdateFunctionConfigurationRequest
        {
            FunctionName = "f",
            MemorySize = 256,
            Environment = new() { Variables = new Dictionary<string, string> { ["A"] = "1" } },
        });
        Assert.Equal(("Active", "InProgress", "Creating", 256), (updated.State, updated.LastUpdateStatus, updated.LastUpdateStatusReasonCode, updated.MemorySize));
        Assert.Equal("1", updated.Environment!.Variables!["A"]);
        Assert.Equal(
            ("ResourceConflictException", $"The operation cannot be performed at this time. An update is in progress for resource: {Arn}"),
            await LambdaRegion.ErrorOfAsync(region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip() })));

        // Meanwhile the old configuration serves.
        await region.InvokeAsync("f");
        Assert.Equal(128L << 20, region.Engine.Started[0].Spec.MemoryBytes);
        region.Engine.PrepareFails = null;
        await region.UntilActiveAsync("f");
        await region.InvokeAsync("f");
        Assert.Equal((256L << 20, "1"), (region.Engine.Started[1].Spec.MemoryBytes, region.Engine.Started[1].Spec.Environment["A"]));
    }

    [Fact]
    public async Task Code_that_cannot_be_unpacked_leaves_the_old_one_in_service()
    {
        await using var region = await LambdaRegion.StartAsync();
        var created = await region.CreateAsync("f");
        region.Engine.PrepareFails = new(EngineErrorKind.ArtifactInvalid, "an entry leads out of the archive");
        await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip(text: "new") });
        GetFunctionConfigurationResponse now;
        do
        {
            now = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" });
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        while (now.LastUpdateStatus == "InProgress");
        Assert.Equal(("Active", "Failed", created.CodeSha256), (now.State, now.LastUpdateStatus, now.CodeSha256));
        Assert.Equal("1", (await region.InvokeAsync("f", "1")).Payload);
    }

    [Fact]
    public async Task Dry_run_and_revision_of_an_update_change_nothing()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var before = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" });
        var dry = await region.SendAsync(new UpdateFunctionCodeRequest { FunctionName = "f", ZipFile = LambdaRegion.Zip(text: "n"), DryRun = true });
        Assert.NotEqual(before.CodeSha256, dry.CodeSha256);
        Assert.Equal("PreconditionFailedException", (await LambdaRegion.ErrorOfAsync(region.SendAsync(new UpdateFunctionCodeRequest
        {
            FunctionName = "f",
            ZipFile = LambdaRegion.Zip(text: "n"),
            RevisionId = "no",
        }))).Code);
        var after = await region.SendAsync(new GetFunctionConfigurationRequest { FunctionName = "f" });
        Assert.Equal((before.RevisionId, before.CodeSha256), (after.RevisionId, after.CodeSha256));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_between_reading_a_function_and_making_its_pool_leaves_no_pool_of_the_old_one(bool isDeletion)
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f", runtime: "python3.12");
        async Task ChangeAsync()
        {
            if (isDeletion)
            {
                await region.SendAsync(new DeleteFunctionRequest { FunctionName = "f" });
                return;
            }

            await region.SendAsync(new UpdateFunctionConfigurationRequest { FunctionName = "f", Timeout = 9 });
            await region.UntilActiveAsync("f");
        }

        // The call that was looked up before the change still runs.
        region.OnFind = () => ChangeAsync().Wait(TestContext.Current.CancellationToken);
        Assert.Equal("1", (await region.InvokeAsync("f", "1")).Payload);
        Assert.Equal(0, region.Pools.PoolCount);
        await LambdaRegion.UntilAsync(() => region.Engine.Started[0].IsDisposed, () => "the environment's end");
        Assert.Equal(isDeletion ? 0 : 1, region.Budget.SeenCount);
    }
}
