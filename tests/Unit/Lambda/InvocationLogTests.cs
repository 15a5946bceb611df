using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class InvocationLogTests
{
    [Fact]
    public async Task Over_the_wire_the_request_id_is_the_one_of_the_log()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        using var content = new StringContent("""{"x":"y"}""");
        using var answer = await region.Http.PostAsync("/2015-03-31/functions/f/invocations", content, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, """{"x":"y"}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("$LATEST", answer.Headers.GetValues("X-Amz-Executed-Version").Single());
        await region.UntilLoggedAsync($"REPORT RequestId: {answer.Headers.GetValues("x-amzn-RequestId").Single()}");
    }

    [Fact]
    public async Task A_client_that_asks_for_the_log_gets_its_end()
    {
        await using var region = await LambdaRegion.StartAsync();
        region.Engine.Script = async runtime =>
        {
            while (true)
            {
                var item = await runtime.NextAsync();
                await runtime.PrintAsync("hello\nworld\n");
                await runtime.RespondAsync(item.RequestId, "1");
            }
        };
        await region.CreateAsync("f");
        var (_, response) = await region.InvokeAsync("f", logType: "Tail");
        var lines = Encoding.UTF8.GetString(Convert.FromBase64String(response.LogResult!)).Split('\n');
        Assert.Matches("^START RequestId: .{36} Version: \\$LATEST$", lines[0]);
        Assert.Equal(["hello", "world"], lines[1..3]);
        Assert.StartsWith("END RequestId: ", lines[3], StringComparison.Ordinal);
        Assert.Matches(
            "^REPORT RequestId: .{36}\tDuration: [0-9.]+ ms\tBilled Duration: [0-9]+ ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\tInit Duration: [0-9.]+ ms\t$",
            lines[4]);
        await region.UntilLoggedAsync("REPORT");
        Assert.StartsWith("INIT_START Runtime Version: ", region.LogText(), StringComparison.Ordinal);
        Assert.Matches(@"^/aws/lambda/f:\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", region.Logs.Keys.Single());
    }

    [Fact]
    public async Task A_flood_of_output_stalls_nobody_and_stays_in_order()
    {
        await using var region = await LambdaRegion.StartAsync();
        var line = new string('x', 1023) + "\n";
        var chunk = string.Concat(Enumerable.Repeat(line, 64));
        region.Engine.Script = async runtime =>
        {
            while (true)
            {
                var item = await runtime.NextAsync();
                for (var i = 0; i < 300; i++)
                {
                    await runtime.PrintAsync(chunk);
                }

                await runtime.RespondAsync(item.RequestId, "1");
            }
        };
        await region.CreateAsync("f", timeout: 60);
        await region.InvokeAsync("f");
        await region.UntilLoggedAsync("REPORT");
        var lines = region.Logs.Values.Single().ToArray();
        Assert.Equal(300 * 64, lines.Count(text => text.StartsWith('x')));
        Assert.StartsWith("REPORT", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task JSON_logs_have_the_platforms_records()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f", isJson: true);
        await region.InvokeAsync("f");
        await region.UntilLoggedAsync("platform.report");
        var types = region.Logs.Values.Single().Select(text => JsonDocument.Parse(text).RootElement.GetProperty("type").GetString());
        Assert.Equal(["platform.initStart", "platform.start", "platform.report"], types);
        Assert.Equal("JSON", region.Engine.Started[0].Spec.Environment["AWS_LAMBDA_LOG_FORMAT"]);
    }

    [Fact]
    public async Task Usage_and_metrics_are_told_once_an_invocation()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f", memory: 1024);
        await region.InvokeAsync("f");
        var usage = region.Sinks.Usage.Select(entry => entry.Usage).ToList();
        Assert.Equal(["Lambda-GB-Second", "Request"], usage.Select(record => record.UsageType));
        Assert.Equal(1, usage[1].Quantity);
        Assert.True(usage[0].Quantity > 0);
        Assert.Equal(
            ["Invocations", "Errors", "Duration", "ConcurrentExecutions"],
            region.Sinks.Metrics.Select(entry => entry.Sample).Where(sample => sample.Namespace == "AWS/Lambda").Select(sample => sample.Name));
    }
}
