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
            }
            else
            {
                Write(client.Endpoint, health.Json, Console.Out);
            }

            return 0;
        }));
        return command;
    }

    private static void Write(Uri endpoint, JsonObject health, TextWriter target)
    {
        var uptime = TimeSpan.FromSeconds(health["uptimeSeconds"]!.GetValue<long>());
        target.WriteLine($"Fogbank {health["version"]} runs at {endpoint.OriginalString}, for {uptime:d\\.hh\\:mm\\:ss}, as process {health["processId"]}.");
        target.WriteLine($"  auth        {health["auth"]}");
        target.WriteLine($"  isolation   {health["isolation"]}: {health["isolationReason"]}");
        target.WriteLine($"  durability  {health["durability"]}");
        target.WriteLine($"  data        {(health["state"]!.GetValue<string>() == "memory" ? "in memory" : health["dataDirectory"])}");
        target.WriteLine($"  region      {health["region"]}, account {health["account"]}");
        target.WriteLine($"  services    {string.Join(", ", health["services"]!.AsArray().Select(name => name!.ToString()))}");
    }
}
