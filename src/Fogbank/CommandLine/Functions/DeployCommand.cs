using System.CommandLine;
using Fogbank.Client;

namespace Fogbank.CommandLine.Functions;

/// <summary><c>fogbank fn deploy</c>.</summary>
internal static class DeployCommand
{
    internal static Command Create()
    {
        var folder = new Argument<string?>("dir") { Description = "The function's folder; none with --image.", Arity = ArgumentArity.ZeroOrOne };
        var image = new Option<string?>("--image") { Description = "An image of this region's registry to run instead of a folder: repository:tag, with or without its host.", HelpName = "uri" };
        var name = new Option<string?>("--name", "-n") { Description = "The function's name. Default the folder's, or the repository's.", HelpName = "name" };
        var runtime = new Option<string?>("--runtime") { Description = "python3.12, nodejs20.x, dotnet10, provided.al2023 … Default judged by the files.", HelpName = "id" };
        var handler = new Option<string?>("--handler") { Description = "module.function, or Assembly::Class::Method. Default judged by the files.", HelpName = "handler" };
        var memory = new Option<int?>("--memory") { CustomParser = Shared.Number, Description = "MB, 128 to 10240. Default 128, or what it has.", HelpName = "mb" };
        var timeout = new Option<int?>("--timeout") { CustomParser = Shared.Number, Description = "Seconds, 1 to 900. Default 30, or what it has.", HelpName = "seconds" };
        var role = new Option<string?>("--role") { Description = "ARN of its role. Default a role made for it.", HelpName = "arn" };
        var variables = new Option<string[]>("--env", "-e") { Description = "NAME=VALUE; may be repeated. Replaces all that it has.", HelpName = "name=value" };
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var command = new Command("deploy", "Create or update a Lambda function from a folder or an image.")
        {
            folder, image, name, runtime, handler, memory, timeout, role, variables, endpoint, showAws,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(folder) is null == result.GetValue(image) is null)
            {
                result.AddError("Give the function's folder as 'dir', or an image with --image.");
            }
            else if (result.GetValue(image) is not null && (result.GetValue(runtime) ?? result.GetValue(handler)) is not null)
            {
                result.AddError("An image says itself what it runs: leave out --runtime and --handler.");
            }
        });
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            var (directory, uri) = (parsed.GetValue(folder), parsed.GetValue(image));
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            var request = new DeployRequest
            {
                Folder = directory is null ? null : Path.GetFullPath(directory),
                Image = uri,
                Name = parsed.GetValue(name),
                Runtime = parsed.GetValue(runtime),
                Handler = parsed.GetValue(handler),
                MemoryMb = parsed.GetValue(memory),
                TimeoutSeconds = parsed.GetValue(timeout),
                RoleArn = parsed.GetValue(role),
                Variables = ParseVariables(parsed.GetValue(variables)),
            };
            await new Deployment(client, request).RunAsync(Console.Out, cancellationToken);
            return 0;
        }));
        return command;
    }

    private static Dictionary<string, string>? ParseVariables(string[]? pairs)
    {
        if (pairs is not { Length: > 0 })
        {
            return null;
        }

        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new CommandException($"--env {pair}: give NAME=VALUE.");
            }

            variables[pair[..equals]] = pair[(equals + 1)..];
        }

        return variables;
    }
}

/// <summary>What is to be deployed; null where it is to be judged or kept.</summary>
internal sealed record DeployRequest
{
    /// <summary>Null for an image.</summary>
    public string? Folder { get; init; }

    /// <summary>Null for a folder.</summary>
    public string? Image { get; init; }

    public string? Name { get; init; }

    public string? Runtime { get; init; }

    public string? Handler { get; init; }

    public int? MemoryMb { get; init; }

    public int? TimeoutSeconds { get; init; }

    public string? RoleArn { get; init; }

    public IReadOnlyDictionary<string, string>? Variables { get; init; }
}
