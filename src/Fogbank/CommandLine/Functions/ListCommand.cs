using System.CommandLine;
using System.Globalization;
using Fogbank.Client;

namespace Fogbank.CommandLine.Functions;

/// <summary><c>fogbank fn ls</c>.</summary>
internal static class ListCommand
{
    internal static Command Create()
    {
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var command = new Command("ls", "List functions.") { endpoint, showAws };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            string? marker = null;
            var count = 0;
            do
            {
                var target = "/2015-03-31/functions" + (marker is null ? "" : $"?Marker={Uri.EscapeDataString(marker)}");
                var page = (await client.ExpectAsync(AwsCall.Lambda("GET", target, null, "lambda list-functions"), cancellationToken)).Json;
                foreach (var function in page["Functions"]!.AsArray())
                {
                    if (count++ == 0)
                    {
                        Console.Out.WriteLine($"{"NAME",-40} {"RUNTIME",-16} {"MEMORY",8} {"TIMEOUT",8} {"CODE",10}  CHANGED");
                    }

                    Console.Out.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{function!["FunctionName"],-40} {function["Runtime"],-16} {function["MemorySize"],5} MB {function["Timeout"],6} s {function["CodeSize"]!.GetValue<long>() / 1024.0,7:0.0} KB  {function["LastModified"]}"));
                }

                marker = page["NextMarker"]?.GetValue<string>();
            }
            while (marker is not null);
            if (count == 0)
            {
                Console.Out.WriteLine("No functions yet. Deploy a folder with `fogbank fn deploy DIR`.");
            }

            return 0;
        }));
        return command;
    }
}
