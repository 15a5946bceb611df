using System.Globalization;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Logs;

public class LogTests(SharedRegion region) : ClientTest(region)
{
    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Cli_writes_reads_and_filters()
    {
        await AwsAsync("logs", "create-log-group", "--log-group-name", "/app", "--tags", "team=blue");
        await AwsAsync("logs", "create-log-stream", "--log-group-name", "/app", "--log-stream-name", "one");
        var start = Now;
        var events = string.Join(',', Enumerable.Range(0, 3).Select(i => $$"""{"timestamp":{{start + i}},"message":"line {{i}} {{(i == 1 ? "ERROR boom" : "fine")}}"}"""));
        await AwsAsync("logs", "put-log-events", "--log-group-name", "/app", "--log-stream-name", "one", "--log-events", $"[{events}]");
        var read = await AwsAsync("logs", "get-log-events", "--log-group-name", "/app", "--log-stream-name", "one", "--start-from-head");
        Assert.Equal(["line 0 fine", "line 1 ERROR boom", "line 2 fine"], read["events"]!.AsArray().Select(item => item!["message"]!.GetValue<string>()));
        Assert.Equal(start, read["events"]![0]!["timestamp"]!.GetValue<long>());
        var filtered = await AwsAsync("logs", "filter-log-events", "--log-group-name", "/app", "--filter-pattern", "ERROR");
        Assert.Equal("line 1 ERROR boom", Assert.Single(filtered["events"]!.AsArray())!["message"]!.GetValue<string>());
        Assert.Equal(
            "An error occurred (ResourceAlreadyExistsException) when calling the CreateLogGroup operation: The specified log group already exists",
            await AwsFailsAsync("logs", "create-log-group", "--log-group-name", "/app"));
        var tail = await AwsTextAsync("logs", "tail", "/app", "--format", "short");
        Assert.Contains("line 2 fine", tail, StringComparison.Ordinal);
        await AwsAsync("logs", "delete-log-group", "--log-group-name", "/app");
        Assert.Equal(
            "An error occurred (ResourceNotFoundException) when calling the GetLogEvents operation: The specified log group does not exist.",
            await AwsFailsAsync("logs", "get-log-events", "--log-group-name", "/app", "--log-stream-name", "one"));
    }

    [Fact]
    public async Task Events_page_forwards_and_backwards()
    {
        await BotoAsync("logs", "create_log_group", new { logGroupName = "g" });
        await BotoAsync("logs", "create_log_stream", new { logGroupName = "g", logStreamName = "s" });
        var start = Now - 1000;
        await BotoAsync("logs", "put_log_events", new
        {
            logGroupName = "g",
            logStreamName = "s",
            logEvents = Enumerable.Range(0, 25).Select(i => new { timestamp = start + i, message = $"m{i}" }).ToArray(),
        });
        var seen = new List<string>();
        string? token = null;
        for (var page = 0; page < 10; page++)
        {
            var answer = await BotoAsync("logs", "get_log_events", new { logGroupName = "g", logStreamName = "s", startFromHead = true, limit = 10, nextToken = token });
            seen.AddRange(answer["events"]!.AsArray().Select(item => item!["message"]!.GetValue<string>()));
            var next = answer["nextForwardToken"]!.GetValue<string>();
            if (next == token)
            {
                break;
            }

            token = next;
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"m{i}"), seen);
        var last = await BotoAsync("logs", "get_log_events", new { logGroupName = "g", logStreamName = "s", limit = 3 });
        Assert.Equal(["m22", "m23", "m24"], last["events"]!.AsArray().Select(item => item!["message"]!.GetValue<string>()));
        var before = await BotoAsync("logs", "get_log_events", new { logGroupName = "g", logStreamName = "s", limit = 3, nextToken = last["nextBackwardToken"]!.GetValue<string>() });
        Assert.Equal(["m19", "m20", "m21"], before["events"]!.AsArray().Select(item => item!["message"]!.GetValue<string>()));
        var filtered = (await NodeAsync("logs", "page:FilterLogEvents", new { logGroupName = "g", limit = 10 })).AsArray();
        Assert.Equal(25, filtered.Sum(page => page!["events"]!.AsArray().Count));
        Assert.True(filtered.Count >= 3, $"{filtered.Count} pages");
    }

    [Theory]
    [InlineData("two words", "a words two b")]
    [InlineData("\"two words\"", "a two words b")]
    [InlineData("?first ?second", "the second one")]
    [InlineData("one -two", "one three")]
    public async Task Patterns_select(string pattern, string found)
    {
        await BotoAsync("logs", "create_log_group", new { logGroupName = "g" });
        await BotoAsync("logs", "create_log_stream", new { logGroupName = "g", logStreamName = "s" });
        string[] others = ["one two", "nothing here", "two"];
        await BotoAsync("logs", "put_log_events", new
        {
            logGroupName = "g",
            logStreamName = "s",
            logEvents = others.Append(found).Select(message => new { timestamp = Now, message }).ToArray(),
        });
        var answer = await BotoAsync("logs", "filter_log_events", new { logGroupName = "g", filterPattern = pattern });
        Assert.Equal([found], answer["events"]!.AsArray().Select(item => item!["message"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Groups_and_streams_are_described_in_pages_with_retention_and_tags()
    {
        for (var i = 0; i < 5; i++)
        {
            await BotoAsync("logs", "create_log_group", new { logGroupName = string.Create(CultureInfo.InvariantCulture, $"/svc/{i}") });
        }

        await BotoAsync("logs", "put_retention_policy", new { logGroupName = "/svc/3", retentionInDays = 14 });
        var invalid = await BotoFailsAsync("logs", "put_retention_policy", new { logGroupName = "/svc/3", retentionInDays = 8 });
        Assert.Equal("InvalidParameterException", invalid.Code);
        var pages = (await BotoAsync("logs", "page:describe_log_groups", new { logGroupNamePrefix = "/svc/", PaginationConfig = new { PageSize = 2 } })).AsArray();
        var groups = pages.SelectMany(page => page!["logGroups"]!.AsArray()).ToList();
        Assert.Equal((3, 5), (pages.Count, groups.Count));
        Assert.Equal(14, groups[3]!["retentionInDays"]!.GetValue<int>());
        Assert.Null(groups[2]!["retentionInDays"]);
        var arn = $"arn:aws:logs:us-east-1:{Account}:log-group:/svc/1";
        Assert.Equal(arn + ":*", groups[1]!["arn"]!.GetValue<string>());
        await NodeAsync("logs", "TagResource", new { resourceArn = arn, tags = new { a = "b" } });
        Assert.Equal("""{"a":"b"}""", (await BotoAsync("logs", "list_tags_for_resource", new { resourceArn = arn }))["tags"]!.ToJsonString());
        await BotoAsync("logs", "delete_retention_policy", new { logGroupName = "/svc/3" });
        foreach (var name in new[] { "b", "a", "c" })
        {
            await BotoAsync("logs", "create_log_stream", new { logGroupName = "/svc/0", logStreamName = name });
        }

        var streams = await BotoAsync("logs", "describe_log_streams", new { logGroupName = "/svc/0" });
        Assert.Equal(["a", "b", "c"], streams["logStreams"]!.AsArray().Select(item => item!["logStreamName"]!.GetValue<string>()));
        Assert.Equal("The specified log stream already exists", (await BotoFailsAsync("logs", "create_log_stream", new { logGroupName = "/svc/0", logStreamName = "a" })).Text);
    }
}
