using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>Functions that misuse the Runtime API.</summary>
public sealed class DeceitfulFunctionTests(HostileRegion region) : HostileTest(region)
{
    [Fact]
    public async Task The_second_answer_is_refused()
    {
        var function = await Region.DeployAsync();
        var answer = await function.InvokeAsync("answer_twice");
        Assert.Equal("first", answer.Ok.ToString());
        await WorksAgainAsync(function); // it may have been frozen before it could say what it was told
        IReadOnlyList<string> lines = [];
        await Until.TrueAsync(async () => (lines = await function.Caller.LogAsync(function.Name, "ANSWERS")).Count > 0, "The function did not say what it was told");
        var line = Assert.Single(lines);
        Assert.Matches(@"ANSWERS \[\[202, .*\], \[403, .*InvalidStateTransition", line);
    }

    [Fact]
    public async Task An_answer_broken_off_is_a_truncated_response()
    {
        var function = await Region.DeployAsync();
        var answer = await function.InvokeAsync("break_off");
        IsError(answer, "Runtime.TruncatedResponse", "^RequestId: [0-9a-f-]{36} Error: ");
        Assert.True(answer.Elapsed < TimeSpan.FromSeconds(20), "It was a time-out");
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task One_that_answers_and_works_on_ends_with_its_time()
    {
        var function = await Region.DeployAsync(timeout: 2);
        Assert.Equal("early", (await function.InvokeAsync("answer_and_work_on")).Ok.ToString());
        var first = Assert.Single(function.Processes());
        await WorksAgainAsync(function); // in another environment
        await Until.TrueAsync(() => !function.Processes().Contains(first), "It went on for longer than its function may", 10);
    }

    [Fact]
    public async Task Closing_all_sockets_ends_the_runtime()
    {
        var function = await Region.DeployAsync();
        IsError(await function.InvokeAsync("close_sockets"), "Runtime.ExitError", "^RequestId: [0-9a-f-]{36} Error: Runtime exited with error: exit status 1$");
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task Seven_megabytes_are_too_many()
    {
        var function = await Region.DeployAsync();
        IsError(
            await function.InvokeAsync("return_megabytes", new { megabytes = 7 }),
            "Function.ResponseSizeTooLarge",
            @"^Response payload size exceeded maximum allowed payload size \(6291556 bytes\)\.$");
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task Nonsense_and_a_thousand_connections_hold_up_only_itself()
    {
        var function = await Region.DeployAsync();
        var nonsense = function.InvokeAsync("speak_nonsense");
        await BystanderWorksAsync();
        var answer = (await nonsense).Ok;
        Assert.InRange(answer["links"]!.GetValue<int>(), 900, 1024);
        Assert.DoesNotContain(answer["seen"]!.AsArray(), one => one!.ToString().StartsWith("HTTP/1.1 2", StringComparison.Ordinal));
        await WorksAgainAsync(function);
    }

    [Fact]
    public async Task One_function_cannot_answer_for_another()
    {
        var victim = await Region.DeployAsync();
        var attacker = await Region.DeployAsync();
        var waiting = victim.InvokeAsync("nap", new { seconds = 1 });
        IReadOnlyList<string> started = [];
        await Until.TrueAsync(async () => (started = await victim.Caller.LogAsync(victim.Name, "START RequestId")).Count > 0, "The victim did not start");
        var id = started[0].Split(' ')[2];
        var refused = (await attacker.InvokeAsync("answer_for", new { id })).Ok.AsArray();
        Assert.Equal(400, refused[0]!.GetValue<int>());
        Assert.Contains("InvalidRequestID", refused[1]!.ToString(), StringComparison.Ordinal);
        Assert.Equal("true", (await waiting).Ok["slept"]!.ToJsonString());
    }
}
