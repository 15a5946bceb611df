using System.CommandLine;
using System.Globalization;
using System.Text;
using Fogbank.Client;
using Fogbank.Services.Lambda;

namespace Fogbank.CommandLine.Functions;

/// <summary><c>fogbank fn invoke</c>.</summary>
internal static class InvokeCommand
{
    internal static Command Create()
    {
        var endpoint = Shared.Endpoint();
        var showAws = Shared.ShowAws();
        var name = new Argument<string>("name") { Description = "The function." };
        var payload = new Option<string?>("--payload", "-p")
        {
            Description = "The event: JSON, @file, or - for standard input. Default {}.",
            HelpName = "json",
        };
        var asynchronous = new Option<bool>("--async") { Description = "Hand the event over and do not wait for the answer." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print the answer alone." };
        var command = new Command("invoke", "Run a function; print its answer, what it took, and what the call costs on AWS.")
        {
            name, payload, asynchronous, quiet, endpoint, showAws,
        };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            using var client = Shared.Client(parsed.GetValue(endpoint), parsed.GetValue(showAws));
            var body = await ReadPayloadAsync(parsed.GetValue(payload) ?? "{}", cancellationToken);
            return await InvokeAsync(client, parsed.GetValue(name)!, body, parsed.GetValue(asynchronous), parsed.GetValue(quiet), cancellationToken);
        }));
        return command;
    }

    private static async Task<int> InvokeAsync(
        AwsClient client, string name, byte[] body, bool asynchronous, bool quiet, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string> { ["X-Amz-Invocation-Type"] = asynchronous ? "Event" : "RequestResponse" };
        if (!asynchronous)
        {
            headers["X-Amz-Log-Type"] = "Tail";
        }

        var cli = $"lambda invoke --function-name {name} --cli-binary-format raw-in-base64-out --payload '{Encoding.UTF8.GetString(body)}'"
            + (asynchronous ? " --invocation-type Event" : " --log-type Tail") + " /dev/stdout";
        var start = TimeProvider.System.GetTimestamp();
        var answer = await client.ExpectAsync(
            new AwsCall
            {
                Service = "lambda",
                Method = "POST",
                Target = $"/2015-03-31/functions/{Uri.EscapeDataString(name)}/invocations",
                Headers = headers,
                Body = body,
                ContentType = "application/json",
                AwsCli = cli,
            },
            cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(start);
        if (asynchronous)
        {
            Console.Error.WriteLine($"Accepted as {answer.Header("x-amzn-RequestId")}. `fogbank fn logs {name}` shows what becomes of it.");
            return 0;
        }

        Console.Out.WriteLine(answer.Text);
        var failed = answer.Header("X-Amz-Function-Error");
        if (!quiet)
        {
            var log = answer.Header("X-Amz-Log-Result") is { } tail ? Encoding.UTF8.GetString(Convert.FromBase64String(tail)) : "";
            WriteSummary(log, failed, elapsed);
        }

        return failed is null ? 0 : 1;
    }

    private static void WriteSummary(string log, string? failed, TimeSpan elapsed)
    {
        if (failed is not null)
        {
            Console.Error.WriteLine($"The function failed ({failed}). Its log ends with:");
            foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Console.Error.WriteLine($"  {line.TrimEnd()}");
            }
        }

        if (ReportLine.Find(log) is not { } report)
        {
            return;
        }

        var start = report switch
        {
            { InitMs: { } init } => string.Create(CultureInfo.InvariantCulture, $"cold (init {init:0.##} ms)"),
            { InitFailed: true } => "cold (init failed)",
            _ => "warm",
        };
        var price = LambdaPrice.OfInvocation(report.MemoryMb, report.BilledMs);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
             duration {report.DurationMs:0.##} ms, billed {report.BilledMs} ms, {start}; {elapsed.TotalMilliseconds:0.#} ms from here
             memory   {report.MaxMemoryMb} of {report.MemoryMb} MB
             on AWS   ${price:0.0000000000} this call, ${price * 1_000_000:0.00} a million (us-east-1, x86, without the free tier)
             """));
    }

    private static async Task<byte[]> ReadPayloadAsync(string payload, CancellationToken cancellationToken)
    {
        if (payload == "-")
        {
            using var buffer = new MemoryStream();
            await using var input = Console.OpenStandardInput();
            await input.CopyToAsync(buffer, cancellationToken);
            return buffer.ToArray();
        }

        if (!payload.StartsWith('@'))
        {
            return Encoding.UTF8.GetBytes(payload);
        }

        try
        {
            return await File.ReadAllBytesAsync(payload[1..], cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"The payload cannot be read: {fault.Message}");
        }
    }
}
