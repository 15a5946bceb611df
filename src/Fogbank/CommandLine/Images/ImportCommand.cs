using System.CommandLine;
using Fogbank.Images;

namespace Fogbank.CommandLine.Images;

/// <summary><c>fogbank image import</c>.</summary>
internal static class ImportCommand
{
    internal static Command Create()
    {
        var archive = new Argument<string>("archive") { Description = "What docker save, podman save or skopeo wrote (docker-archive, oci-archive, also gzipped), a folder with an OCI layout, or - for the standard input." };
        var name = new Argument<string?>("name") { Description = "repository[:tag]. Default what the archive says.", Arity = ArgumentArity.ZeroOrOne };
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var command = new Command("import", "Bring an image archive into the region's registry.") { archive, name, endpoint, showAws };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            var target = parsed.GetValue(name) is { } given ? ImageName.Parse(given) : null;
            await using var files = await ImageFiles.OpenAsync(parsed.GetValue(archive)!, cancellationToken);
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            using var registry = await RegistryClient.OpenAsync(client, cancellationToken);
            await new ImageImport(files, registry, target, Console.Out).RunAsync(cancellationToken);
            return 0;
        }));
        return command;
    }
}
