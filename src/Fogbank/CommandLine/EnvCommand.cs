using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fogbank.CommandLine;

/// <summary><c>fogbank env</c>: what to export so that AWS clients find the region.</summary>
internal static partial class EnvCommand
{
    internal static Command Create()
    {
        var endpoint = Shared.Endpoint();
        var command = new Command("env", "Print what to export so that AWS clients use the region: eval \"$(fogbank env)\"") { endpoint };
        command.SetAction((parsed, cancellationToken) => Shared.RunAsync(async () =>
        {
            var address = Shared.Address(parsed.GetValue(endpoint)).OriginalString;
            using var client = Shared.Client(address, showAws: false);
            var region = await client.RegionAsync(cancellationToken);
            Console.Out.WriteLine($"export AWS_ENDPOINT_URL={address}");
            Console.Out.WriteLine($"export AWS_ACCESS_KEY_ID={Shared.Setting("AWS_ACCESS_KEY_ID") ?? "test"}");
            Console.Out.WriteLine($"export AWS_SECRET_ACCESS_KEY={Shared.Setting("AWS_SECRET_ACCESS_KEY") ?? "test"}");
            Console.Out.WriteLine($"export AWS_DEFAULT_REGION={region}");
            Console.Out.WriteLine($"export AWS_REGION={region}");
            foreach (var warning in await FindOldClientsAsync(address, cancellationToken))
            {
                // Both a comment for whoever evaluates this and a line that is seen.
                Console.Out.WriteLine($"# {warning}");
                Console.Error.WriteLine($"fogbank: {warning}");
            }

            return 0;
        }));
        return command;
    }

    // AWS_ENDPOINT_URL is heeded since AWS CLI 2.13 and 1.29, and boto3 1.28 (botocore 1.31).
    private static async Task<IReadOnlyList<string>> FindOldClientsAsync(string address, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        if (await PrintAsync("aws", ["--version"], cancellationToken) is { } cli
            && CliVersion().Match(cli) is { Success: true } found
            && new Version(found.Groups[1].Value) is var version
            && version < (version.Major >= 2 ? new Version(2, 13) : new Version(1, 29)))
        {
            warnings.Add(
                $"The AWS CLI here is {version} and ignores AWS_ENDPOINT_URL: its calls would go to AWS. Pass --endpoint-url {address} with each.");
        }

        const string ask = "import boto3; print(boto3.__version__)";
        if (await PrintAsync("python3", ["-c", ask], cancellationToken) is { } boto
            && System.Version.TryParse(boto.Trim(), out var botoVersion)
            && botoVersion < new Version(1, 28))
        {
            warnings.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"boto3 here is {botoVersion} and ignores AWS_ENDPOINT_URL: its calls would go to AWS. Pass endpoint_url=\"{address}\" to its clients."));
        }

        return warnings;
    }

    private static async Task<string?> PrintAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(TimeSpan.FromSeconds(15));
            var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0 ? output : null;
        }
        catch (Exception fault) when (fault is Win32Exception or OperationCanceledException)
        {
            return null; // Not installed, or too slow to be worth a warning.
        }
    }

    [GeneratedRegex("aws-cli/([0-9]+\\.[0-9]+\\.[0-9]+)")]
    private static partial Regex CliVersion();
}
