using System.CommandLine;
using Fogbank.Client;
using Fogbank.Images;

namespace Fogbank.CommandLine.Images;

/// <summary><c>fogbank image export</c>.</summary>
internal static class ExportCommand
{
    private const string Oci = "oci-archive";
    private const string Docker = "docker-archive";

    internal static Command Create()
    {
        var name = new Argument<string>("name") { Description = "repository[:tag], or repository@sha256:…" };
        var file = new Argument<string>("file") { Description = "The archive to write, or - for the standard output." };
        var format = new Option<string>("--format") { Description = $"{Oci} (default) or {Docker}.", HelpName = "format", DefaultValueFactory = _ => Oci };
        format.AcceptOnlyFromAmong(Oci, Docker);
        var platform = new Option<string?>("--platform") { Description = "Of an image for several platforms, this one only: linux/amd64, linux/arm64.", HelpName = "os/arch" };
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var command = new Command("export", "Write an image of the region's registry to an archive.") { name, file, format, platform, endpoint, showAws };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            var image = ImageName.Parse(parsed.GetValue(name)!);
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            using var registry = await RegistryClient.OpenAsync(client, cancellationToken);
            var export = new ImageExport(registry, image, parsed.GetValue(platform));
            await WriteAsync(
                parsed.GetValue(file)!,
                parsed.GetValue(format) == Docker ? export.WriteDockerAsync : export.WriteLayoutAsync,
                cancellationToken);
            return 0;
        }));
        return command;
    }

    /// <summary>Writes beside the file and puts it in place when it is whole, so that no half archive is left.</summary>
    private static async Task WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        if (path == "-")
        {
            await using var spool = ImageFiles.TemporaryFile();
            await write(spool, cancellationToken);
            spool.Position = 0;
            await using var output = Console.OpenStandardOutput();
            await spool.CopyToAsync(output, cancellationToken);
            return;
        }

        if (Directory.Exists(path))
        {
            throw new CommandException($"{path} is a folder. Name the file to write.");
        }

        var part = $"{path}.part";
        try
        {
            await using (var output = new FileStream(part, FileMode.Create, FileAccess.ReadWrite))
            {
                await write(output, cancellationToken);
            }

            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
