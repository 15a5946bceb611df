using Fogbank.Contracts.Lambda;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class InvokeTests
{
    [Fact]
    public async Task An_event_reaches_the_runtime_and_its_answer_comes_back()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var (payload, response) = await region.InvokeAsync("f", """{"a":1}""");
        Assert.Equal("""{"a":1}""", payload);
        Assert.Equal((200, "$LATEST", null), (response.StatusCode, response.ExecutedVersion, response.FunctionError));
    }

    [Fact]
    public async Task The_runtime_sees_what_AWS_sends()
    {
        await using var region = await LambdaRegion.StartAsync();
        FakeEvent? seen = null;
        region.Engine.Script = runtime => runtime.ServeAsync(item =>
        {
            seen = item;
            return Task.FromResult("null");
        });
        await region.CreateAsync("f", timeout: 5);
        var before = TimeProvider.System.GetUtcNow();
        await region.SendAsync(new InvokeRequest
        {
            FunctionName = "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST",
            ClientContext = Convert.ToBase64String("""{"custom":{"k":"ü"}}"""u8),
        });
        Assert.Equal("{}", seen!.Payload);
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST", seen.Header("Lambda-Runtime-Invoked-Function-Arn"));
        Assert.Equal("""{"custom":{"k":"\u00fc"}}""", seen.Header("Lambda-Runtime-Client-Context"));
        Assert.StartsWith("Root=1-", seen.Header("Lambda-Runtime-Trace-Id"), StringComparison.Ordinal);
        var deadline = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(seen.Header("Lambda-Runtime-Deadline-Ms"), null));
        Assert.InRange((deadline - before).TotalSeconds, 4.9, 8);
    }
}
