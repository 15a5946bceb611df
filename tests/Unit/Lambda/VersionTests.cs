using Fogbank.Contracts.Lambda;
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
}
