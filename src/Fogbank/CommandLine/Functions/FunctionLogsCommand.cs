using System.CommandLine;
using Fogbank.Client;

namespace Fogbank.CommandLine.Functions;

/// <summary><c>fogbank fn logs</c>.</summary>
internal static class FunctionLogsCommand
{
    internal static Command Create()
    {
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var name = new Argument<string>("name") { Description = "The function." };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on printing what comes, until Ctrl-C." };
        var since = new Option<string?>("--since") { Description = "How far back: 30s, 10m, 2h, 1d. Default everything.", HelpName = "age" };
        var filter = new Option<string?>("--filter") { Description = "A filter pattern: ERROR, \"two words\", ?this ?that, -not.", HelpName = "pattern" };
        var command = new Command("logs", "Print what a function logged.") { name, follow, since, filter, endpoint, showAws };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            var function = parsed.GetValue(name)!;

            // The function says where it logs, and a name that is none is told at once.
            var target = $"/2015-03-31/functions/{Uri.EscapeDataString(function)}/configuration";
            var configuration = (await client.ExpectAsync(
                AwsCall.Lambda("GET", target, null, $"lambda get-function-configuration --function-name {function}"), cancellationToken)).Json;
            var group = configuration["LoggingConfig"]?["LogGroup"]?.GetValue<string>() ?? $"/aws/lambda/{function}";
            var reader = new LogReader(client, group, Age.Parse(parsed.GetValue(since)), parsed.GetValue(filter));
            await reader.PrintAsync(parsed.GetValue(follow), Console.Out, cancellationToken);
            return 0;
        }));
        return command;
    }
}
