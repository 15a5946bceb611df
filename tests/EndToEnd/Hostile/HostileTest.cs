using Xunit;

namespace Fogbank.Tests.EndToEnd.Hostile;

/// <summary>A test with a function that attacks; when it ends, the bystander must still answer as if nothing had been.</summary>
public abstract class HostileTest(HostileRegion region) : IAsyncLifetime
{
    // Two cores may be full of other tests; an attack that works takes the bystander down or holds it up for as long as it lasts.
    private static readonly TimeSpan Reasonable = TimeSpan.FromSeconds(5);

    internal HostileRegion Region => region;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await BystanderWorksAsync();
        GC.SuppressFinalize(this);
    }

    internal async Task<TimeSpan> BystanderWorksAsync()
    {
        var bystander = await region.BystanderAsync();
        var answer = await bystander.InvokeAsync("echo", new { text = "fine" });
        Assert.Equal("fine", answer.Ok["echo"]!.ToString());
        Assert.True(answer.Elapsed < Reasonable, $"The bystander took {answer.Elapsed}");
        return answer.Elapsed;
    }

    /// <summary>The attacker's function itself must be usable again.</summary>
    internal static async Task WorksAgainAsync(HostileFunction function) =>
        Assert.Equal("again", (await function.InvokeAsync("echo", new { text = "again" })).Ok["echo"]!.ToString());

    internal static void IsError(Answer answer, string type, string message)
    {
        Assert.Equal((200, "Unhandled"), (answer.Status, answer.FunctionError));
        Assert.Equal(type, answer.Payload!["errorType"]!.ToString());
        Assert.Matches(message, answer.Payload["errorMessage"]!.ToString());
    }
}
