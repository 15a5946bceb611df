using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Fogbank.Client;

namespace Fogbank.CommandLine.Functions;

/// <summary>Publishes a .NET project for Lambda's Linux, depending on the framework that the runtime brings.</summary>
internal static class DotNetPublish
{
    /// <returns>The folder with what was published; the caller deletes it.</returns>
    internal static async Task<string> RunAsync(string project, CancellationToken cancellationToken)
    {
        var target = Directory.CreateTempSubdirectory("fogbank-publish-").FullName;
        string[] arguments =
            ["publish", project, "-c", "Release", "-r", RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64", "--no-self-contained", "-o", target, "-nologo", "-v", "quiet"];
        try
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })
                ?? throw new CommandException("dotnet does not start.");
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode == 0)
            {
                return target;
            }

            Directory.Delete(target, recursive: true);
            throw new CommandException($"dotnet publish {project} failed:\n{output.Trim()}");
        }
        catch (Win32Exception)
        {
            Directory.Delete(target, recursive: true);
            throw new CommandException($"{project} is a .NET project, and there is no dotnet here to publish it. Install the .NET SDK, or deploy a published folder with --runtime dotnet10 --handler ….");
        }
    }
}
