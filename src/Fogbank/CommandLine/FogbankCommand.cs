using System.CommandLine;
using Fogbank.CommandLine.Functions;
using Fogbank.CommandLine.Images;
using Fogbank.CommandLine.Tasks;

namespace Fogbank.CommandLine;

/// <summary>The command line as a whole.</summary>
internal static class FogbankCommand
{
    internal static RootCommand Create()
    {
        var root = new RootCommand(
            """
            Fogbank is a serverless compute region that anyone can run: AWS's compute services, over AWS's own protocols.

            Examples:
              fogbank up                                   start a region on port 4566
              eval "$(fogbank env)"                        point the AWS CLI and the SDKs at it
              fogbank fn deploy ./my-function              deploy a folder as a Lambda function
              fogbank fn invoke my-function -p '{"a": 1}'  run it, and see what the call costs on AWS
              fogbank fn logs my-function --follow         watch what it prints
              fogbank image import app.tar my-app:v1       bring a container image into the registry
              fogbank run my-app:v1                        run it as a Fargate task, and follow its log
              fogbank doctor                               see what this machine lacks, and which package brings it
            """);
        root.Subcommands.Add(UpCommand.Create());
        root.Subcommands.Add(EnvCommand.Create());
        root.Subcommands.Add(StatusCommand.Create());
        root.Subcommands.Add(LogsCommand.Create());
        root.Subcommands.Add(ResetCommand.Create());
        root.Subcommands.Add(FunctionsCommand.Create());
        root.Subcommands.Add(ImagesCommand.Create());
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(VersionCommand.Create());
        return root;
    }
}
