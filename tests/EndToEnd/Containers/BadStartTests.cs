using System.Text.Json.Nodes;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>Tasks whose container does not start, or ends at once.</summary>
public sealed class BadStartTests(ContainerRegion region) : ContainerTest(region)
{
    [Fact]
    public async Task Command_that_is_not_there() => await FailsAsync(Of("/bin/nothing"), "CannotStartContainerError: ", "exec: \"/bin/nothing\"", "no such file or directory");

    [Fact]
    public async Task Command_that_is_not_in_the_path() => await FailsAsync(Of("nothing-of-this-name"), "CannotStartContainerError: ", "exec: \"nothing-of-this-name\"", "executable file not found in $PATH");

    [Fact]
    public async Task Command_that_is_not_executable() => await FailsAsync(Of("/etc/passwd"), "CannotStartContainerError: ", "exec: \"/etc/passwd\"", "permission denied");

    [Fact]
    public async Task Command_that_is_a_folder() => await FailsAsync(Of("/etc"), "CannotStartContainerError: ", "exec: \"/etc\"", "is a directory");

    [Fact]
    public async Task User_that_is_not_there()
    {
        var container = Shell("true");
        container["user"] = "nobody-here";
        await FailsAsync(container, "CannotStartContainerError: ", "unable to find user", "nobody-here");
    }

    [Fact]
    public async Task Working_directory_that_is_a_file()
    {
        var container = Shell("true");
        container["workingDirectory"] = "/etc/passwd";
        await FailsAsync(container, "CannotStartContainerError: ", "/etc/passwd", "not a directory");
    }

    [Fact]
    public async Task Working_directory_that_is_not_there_is_made()
    {
        var container = Shell("pwd");
        container["workingDirectory"] = "/not/there";
        var ended = await RunAsync(container);
        ended.IsFine();
        Assert.Equal("/not/there", Assert.Single(ended.Lines));
    }

    [Fact]
    public async Task One_that_exits_at_once_is_told_with_its_code_and_its_words()
    {
        var ended = await RunAsync(Shell("echo broken >&2; exit 42"));
        Assert.Equal(("EssentialContainerExited", EssentialExited, 42, ""), (ended.StopCode, ended.StoppedReason, ended.ExitCode, ended.Reason));
        Assert.Equal("broken", Assert.Single(ended.Lines));
    }

    [Fact]
    public async Task One_that_kills_itself_is_told_by_its_signal()
    {
        var container = Shell("kill -SEGV $$; sleep 100");
        container["linuxParameters"] = new JsonObject { ["initProcessEnabled"] = true };
        var ended = await RunAsync(container);
        Assert.Equal(("EssentialContainerExited", 139), (ended.StopCode, ended.ExitCode));
    }

    private static JsonObject Of(params string[] command) =>
        new() { ["image"] = "small:it", ["command"] = new JsonArray([.. command.Select(word => JsonValue.Create(word))]) };

    private async Task FailsAsync(JsonObject container, string kind, string what, string why)
    {
        var ended = await RunAsync(container);
        Assert.Equal("TaskFailedToStart", ended.StopCode);
        Assert.StartsWith(kind, ended.Reason.Length > 0 ? ended.Reason : ended.StoppedReason, StringComparison.Ordinal);
        Assert.True(ended.Reason.Contains(what, StringComparison.Ordinal), ended.ToString());
        Assert.True(ended.Reason.Contains(why, StringComparison.OrdinalIgnoreCase), ended.ToString());
        Assert.Null(ended.ExitCode);
    }
}
