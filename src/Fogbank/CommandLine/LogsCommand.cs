using System.CommandLine;
using System.Text.Json.Nodes;
using Fogbank.Client;

namespace Fogbank.CommandLine;

/// <summary><c>fogbank logs</c>: log groups, and what is in one.</summary>
internal static class LogsCommand
{
    internal static Command Create()
    {
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var group = new Argument<string?>("group") { Description = "A log group. Without it the groups are listed.", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on printing what comes, until Ctrl-C." };
        var since = new Option<string?>("--since") { Description = "How far back: 30s, 10m, 2h, 1d. Default everything.", HelpName = "age" };
        var filter = new Option<string?>("--filter") { Description = "A filter pattern: ERROR, \"two words\", ?this ?that, -not.", HelpName = "pattern" };
        var command = new Command("logs", "List log groups, or print the events of one.") { group, follow, since, filter, endpoint, showAws };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            if (parsed.GetValue(group) is not { } name)
            {
                await ListAsync(client, cancellationToken);
                return 0;
            }

            var reader = new LogReader(client, name, Age.Parse(parsed.GetValue(since)), parsed.GetValue(filter));
            await reader.PrintAsync(parsed.GetValue(follow), Console.Out, cancellationToken);
            return 0;
        }));
        return command;
    }

    private static async Task ListAsync(AwsClient client, CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            var body = new JsonObject();
            if (token is not null)
            {
                body["nextToken"] = token;
            }

            var page = (await client.ExpectAsync(AwsCall.Logs("DescribeLogGroups", body, "logs describe-log-groups"), cancellationToken)).Json;
            foreach (var group in page["logGroups"]!.AsArray())
            {
                Console.Out.WriteLine($"{group!["logGroupName"],-60} {group["storedBytes"],12} bytes");
            }

            token = page["nextToken"]?.GetValue<string>();
        }
        while (token is not null);
    }
}
