using System.CommandLine;
using System.Text.Json.Nodes;
using Fogbank.Client;

namespace Fogbank.CommandLine;

/// <summary><c>fogbank status</c>.</summary>
internal static class StatusCommand
{
    internal static Command Create()
    {
        var endpoint = Shared.Endpoint();
        var json = new Option<bool>("--json") { Description = "Print the region's own answer." };
        var command = new Command("status", "Show whether a region runs, and how.") { endpoint, json };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            using var client = Shared.Client(parsed.GetValue(endpoint), showAws: false);
            var health = await client.ExpectAsync(new AwsCall { Service = "fogbank", Method = "GET", Target = "/_fogbank/health" }, cancellationToken);
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(health.Text);
                return 0;
            }

            Console.Out.WriteLine($"{client.Endpoint.OriginalString} is running.");
            foreach (var (name, value) in health.Json)
            {
                if (name != "status")
                {
                    Console.Out.WriteLine($"  {name,-14}{(value is JsonArray many ? string.Join(", ", many.Select(item => item!.ToString())) : value)}");
                }
            }

            return 0;
        }));
        return command;
    }
}
