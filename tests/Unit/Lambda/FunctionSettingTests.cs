using Fogbank.Contracts.Lambda;
using System.Net;
using System.Text.Json;
using Fogbank.Kernel;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class FunctionSettingTests
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";

    [Fact]
    public async Task Tags_concurrency_and_event_settings_are_kept_and_answered()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.SendAsync(new TagResourceRequest { Resource = Arn, Tags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } });
        await region.SendAsync(new UntagResourceRequest { Resource = Arn, TagKeys = ["a"] });
        Assert.Equal([new("b", "2")], (await region.SendAsync(new ListTagsRequest { Resource = Arn })).Tags!);
        Assert.Equal(
            "Tags on function aliases and versions are not supported. Please specify a function ARN.",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new ListTagsRequest { Resource = Arn + ":$LATEST" }))).Message);

        Assert.Null((await region.SendAsync(new GetFunctionConcurrencyRequest { FunctionName = "f" })).ReservedConcurrentExecutions);
        await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 900 });
        Assert.Equal(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 901 }))).Message);
        var settings = await region.SendAsync(new GetAccountSettingsRequest());
        Assert.Equal((100, 1L), (settings.AccountLimit!.UnreservedConcurrentExecutions, settings.AccountUsage!.FunctionCount));
        await region.SendAsync(new DeleteFunctionConcurrencyRequest { FunctionName = "f" });

        Assert.Equal($"The function {Arn}:$LATEST doesn't have an EventInvokeConfig", (await LambdaRegion.ErrorOfAsync(region.SendAsync(new GetFunctionEventInvokeConfigRequest { FunctionName = "f" }))).Message);
        var put = await region.SendAsync(new PutFunctionEventInvokeConfigRequest { FunctionName = "f", MaximumRetryAttempts = 1 });
        Assert.Equal((Arn + ":$LATEST", 1, null), (put.FunctionArn, put.MaximumRetryAttempts, put.MaximumEventAgeInSeconds));
        Assert.NotNull(put.DestinationConfig!.OnFailure);
        var updated = await region.SendAsync(new UpdateFunctionEventInvokeConfigRequest { FunctionName = "f", MaximumEventAgeInSeconds = 60 });
        Assert.Equal((1, 60), (updated.MaximumRetryAttempts, updated.MaximumEventAgeInSeconds));
        Assert.Contains("DestinationConfig.OnFailure", (await LambdaRegion.ErrorOfAsync(region.SendAsync(new PutFunctionEventInvokeConfigRequest
        {
            FunctionName = "f",
            DestinationConfig = new() { OnFailure = new() { Destination = "arn:aws:sqs:us-east-1:000000000000:q" } },
        }))).Message, StringComparison.Ordinal);
        await region.SendAsync(new DeleteFunctionEventInvokeConfigRequest { FunctionName = "f" });
        Assert.Empty((await region.SendAsync(new ListFunctionEventInvokeConfigsRequest { FunctionName = "f" })).FunctionEventInvokeConfigs!);
    }

    [Fact]
    public async Task Reservations_made_at_once_cannot_take_more_than_there_is()
    {
        await using var region = await LambdaRegion.StartAsync();
        var names = Enumerable.Range(0, 12).Select(i => $"f{i}").ToList();
        foreach (var name in names)
        {
            await region.CreateAsync(name);
        }

        async Task<bool> ReserveAsync(string name)
        {
            try
            {
                await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = name, ReservedConcurrentExecutions = 500 });
                return true;
            }
            catch (AwsException refused)
            {
                Assert.Equal("InvalidParameterValueException", refused.Code.Name);
                return false;
            }
        }

        Assert.Single(await Task.WhenAll(names.Select(ReserveAsync)), made => made);
    }

    [Fact]
    public async Task Throttles_over_the_wire_have_AWSs_body()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        await region.SendAsync(new PutFunctionConcurrencyRequest { FunctionName = "f", ReservedConcurrentExecutions = 0 });
        using var answer = await region.Http.PostAsync("/2015-03-31/functions/f/invocations", null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("ReservedFunctionConcurrentInvocationLimitExceeded", body.RootElement.GetProperty("Reason").GetString());
        Assert.Equal("User", Assert.Single(body.RootElement.EnumerateObject(), member => member.Name == "Type").Value.GetString());
        Assert.Equal("Rate Exceeded.", body.RootElement.GetProperty("message").GetString());
    }
}
