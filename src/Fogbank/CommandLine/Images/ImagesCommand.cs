using System.CommandLine;

namespace Fogbank.CommandLine.Images;

/// <summary><c>fogbank image</c>.</summary>
internal static class ImagesCommand
{
    internal static Command Create()
    {
        var command = new Command("image", "List, import and export container images, without any container tool.");
        command.Subcommands.Add(ListImagesCommand.Create());
        command.Subcommands.Add(ImportCommand.Create());
        command.Subcommands.Add(ExportCommand.Create());
        return command;
    }
}
