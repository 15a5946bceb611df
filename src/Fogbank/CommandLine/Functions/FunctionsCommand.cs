using System.CommandLine;

namespace Fogbank.CommandLine.Functions;

/// <summary><c>fogbank fn</c>.</summary>
internal static class FunctionsCommand
{
    internal static Command Create()
    {
        var command = new Command("fn", "Deploy, run and watch Lambda functions.");
        command.Subcommands.Add(DeployCommand.Create());
        command.Subcommands.Add(InvokeCommand.Create());
        command.Subcommands.Add(FunctionLogsCommand.Create());
        command.Subcommands.Add(ListCommand.Create());
        return command;
    }
}
