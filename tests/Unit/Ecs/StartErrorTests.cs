using Fogbank.Engines;
using Fogbank.Services.Ecs.Domain;
using Xunit;

namespace Fogbank.Tests.Unit.Ecs;

public sealed class StartErrorTests
{
    private const string Process = "CannotStartContainerError: failed to create shim task: OCI runtime create failed: unable to start container process: ";

    [Theory]
    [InlineData("The command cannot be executed: '/bin/no': no such file in the image.", "exec: \"/bin/no\": stat /bin/no: no such file or directory: unknown")]
    [InlineData("The command cannot be executed: 'no' is in no folder of PATH (/bin).", "exec: \"no\": executable file not found in $PATH: unknown")]
    [InlineData("The command cannot be executed: '/etc' is no file.", "exec: \"/etc\": is a directory: unknown")]
    [InlineData("The command cannot be executed: '/a': permission denied (it is not executable).", "exec: \"/a\": permission denied: unknown")]
    [InlineData("The command cannot be executed: '/a': exec format error.", "exec /a: exec format error: unknown")]
    [InlineData("something else", "something else")]
    public void Commands_that_cannot_be_executed_are_told_as_AWS_does(string message, string expected) =>
        Assert.Equal(Process + expected, StartErrors.Of(new EngineException(EngineErrorKind.CommandNotExecutable, message)));
}
