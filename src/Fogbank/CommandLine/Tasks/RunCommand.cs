using System.CommandLine;
using System.CommandLine.Parsing;

namespace Fogbank.CommandLine.Tasks;

/// <summary><c>fogbank run</c>: an image as a Fargate task, in the foreground.</summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var image = new Argument<string>("image") { Description = "repository[:tag] of the region's registry, or a name with a registry's host in front." };
        var words = new Argument<string[]>("command") { Description = "Instead of the image's command.", Arity = ArgumentArity.ZeroOrMore };
        var cpu = new Option<int?>("--cpu") { Description = "CPU units, 1024 being a vCPU. Default 256.", HelpName = "units", CustomParser = Shared.Number };
        var memory = new Option<int?>("--memory") { Description = "Memory in MiB. Default 512.", HelpName = "MiB", CustomParser = Shared.Number };
        var variables = new Option<Dictionary<string, string>>("--env", "-e")
        {
            Description = "An environment variable; may be repeated. NAME alone takes the value from here.",
            HelpName = "NAME=value",
            CustomParser = Variables,
        };
        var cluster = new Option<string?>("--cluster") { Description = "The cluster. Default default, which is made where it is missing.", HelpName = "name" };
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var command = new Command("run", "Run an image as a Fargate task, follow its log, and end with its exit code. Ctrl-C stops the task.")
        {
            image, words, cpu, memory, variables, cluster, endpoint, showAws,
        };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            var request = new RunRequest
            {
                Image = parsed.GetValue(image)!,
                Command = parsed.GetValue(words) ?? [],
                Cpu = parsed.GetValue(cpu) ?? 256,
                MemoryMb = parsed.GetValue(memory) ?? 512,
                Variables = parsed.GetValue(variables) ?? [],
                Cluster = parsed.GetValue(cluster) ?? "default",
            };
            return await new TaskRun(client, request, Console.Out, Console.Error).RunAsync(cancellationToken);
        }));
        return command;
    }

    private static Dictionary<string, string> Variables(ArgumentResult result)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var token in result.Tokens)
        {
            var equals = token.Value.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? token.Value : token.Value[..equals];
            var value = equals < 0 ? Environment.GetEnvironmentVariable(name) : token.Value[(equals + 1)..];
            if (name.Length == 0)
            {
                result.AddError($"--env {token.Value}: give NAME=value.");
            }
            else if (value is not null)
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
