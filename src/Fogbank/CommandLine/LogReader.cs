using System.Globalization;
using System.Text.Json.Nodes;
using Fogbank.Client;

namespace Fogbank.CommandLine;

/// <summary>Prints the events of a log group, all that are there and, on request, all that come.</summary>
internal sealed class LogReader(AwsClient client, string group, TimeSpan? since, string? filter)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    // Events arrive out of order by a little, so the poll looks back and leaves out what it has printed.
    private static readonly TimeSpan LookBack = TimeSpan.FromSeconds(10);

    internal async Task PrintAsync(bool follow, TextWriter target, CancellationToken cancellationToken)
    {
        var start = since is { } age ? TimeProvider.System.GetUtcNow() - age : (DateTimeOffset?)null;
        var printed = new HashSet<string>(StringComparer.Ordinal);
        var shown = true;
        while (true)
        {
            var latest = await PrintOnceAsync(start, printed, shown, follow, target, cancellationToken);
            if (!follow)
            {
                return;
            }

            shown = false; // The same call again and again is worth one line.
            start = latest is { } time && time - LookBack is var back && (start is null || back > start) ? back : start;
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<DateTimeOffset?> PrintOnceAsync(
        DateTimeOffset? start, HashSet<string> printed, bool show, bool follow, TextWriter target, CancellationToken cancellationToken)
    {
        DateTimeOffset? latest = null;
        string? token = null;
        do
        {
            var body = new JsonObject { ["logGroupName"] = group };
            var cli = $"logs filter-log-events --log-group-name {group}";
            if (start is { } from)
            {
                body["startTime"] = from.ToUnixTimeMilliseconds();
                cli += $" --start-time {from.ToUnixTimeMilliseconds()}";
            }

            if (filter is not null)
            {
                body["filterPattern"] = filter;
                cli += $" --filter-pattern '{filter}'";
            }

            if (token is not null)
            {
                body["nextToken"] = token;
            }

            var answer = await client.SendAsync(AwsCall.Logs("FilterLogEvents", body, show ? cli : null), cancellationToken);
            if (!answer.IsSuccess)
            {
                var (code, message) = answer.Error();
                if (code == "ResourceNotFoundException" && follow)
                {
                    return null; // The group comes with its first event.
                }

                throw new CommandException(
                    code == "ResourceNotFoundException"
                        ? $"There is no log group {group}. `fogbank logs` lists those that exist; a function's appears with its first invocation."
                        : $"{code}: {message}");
            }

            var page = answer.Json;
            foreach (var item in page["events"]!.AsArray())
            {
                var time = DateTimeOffset.FromUnixTimeMilliseconds(item!["timestamp"]!.GetValue<long>());
                latest = latest is null || time > latest ? time : latest;
                if (printed.Add(item["eventId"]!.GetValue<string>()))
                {
                    target.WriteLine(
                        $"{time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)} {item["message"]!.GetValue<string>().TrimEnd('\n')}");
                }
            }

            token = page["nextToken"]?.GetValue<string>();
        }
        while (token is not null);
        return latest;
    }
}
