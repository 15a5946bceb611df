using System.CommandLine;
using Fogbank.Client;

namespace Fogbank.CommandLine;

/// <summary><c>fogbank reset</c>.</summary>
internal static class ResetCommand
{
    internal static Command Create()
    {
        var endpoint = Shared.Endpoint();
        var account = new Option<string?>("--account") { Description = "Only this account.", HelpName = "id" };
        var region = new Option<string?>("--region") { Description = "Only this region.", HelpName = "name" };
        var service = new Option<string?>("--service") { Description = "Only this service: lambda, s3, iam, logs.", HelpName = "name" };
        var command = new Command("reset", "Forget everything, or an account's, a region's or a service's part, and end what runs of it.")
        {
            endpoint, account, region, service,
        };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            var query = string.Join(
                '&',
                new (string Name, string? Value)[] { ("account", parsed.GetValue(account)), ("region", parsed.GetValue(region)), ("service", parsed.GetValue(service)) }
                    .Where(pair => pair.Value is not null)
                    .Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
            using var client = Shared.Client(parsed.GetValue(endpoint), showAws: false);
            var answer = await client.ExpectAsync(
                new AwsCall { Service = "fogbank", Method = "POST", Target = "/_fogbank/reset" + (query.Length > 0 ? "?" + query : "") }, cancellationToken);
            var json = answer.Json;
            Console.Out.WriteLine(
                $"Forgotten in {json["milliseconds"]} ms: {string.Join(", ", json["reset"]!.AsArray().Select(name => name!.ToString()))}.");
            return 0;
        }));
        return command;
    }
}
