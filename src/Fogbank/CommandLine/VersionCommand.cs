using System.CommandLine;
using Fogbank.Hosting;

namespace Fogbank.CommandLine;

/// <summary><c>fogbank version</c>.</summary>
internal static class VersionCommand
{
    internal static Command Create()
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(_ => Console.Out.WriteLine($"fogbank {ProgramVersion.Text}"));
        return command;
    }
}
