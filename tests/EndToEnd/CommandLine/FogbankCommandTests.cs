using System.Text.RegularExpressions;
using Fogbank.Tests.EndToEnd.Harness;
using Fogbank.Tests.EndToEnd.Lambda;
using Xunit;

namespace Fogbank.Tests.EndToEnd.CommandLine;

public partial class FogbankCommandTests(SharedRegion region) : LambdaTest(region)
{
    [Fact]
    public async Task Version_and_help_are_printed()
    {
        Assert.Matches(@"^fogbank \d+\.\d+\.\d+\S*\n$", (await FogbankAsync("version")).Output);
        var help = (await FogbankAsync("--help")).Output;
        foreach (var word in new[] { "up", "env", "status", "logs", "reset", "fn", "image", "version", "Examples:", "fogbank fn deploy ./my-function" })
        {
            Assert.Contains(word, help, StringComparison.Ordinal);
        }

        var up = (await FogbankAsync("up", "--help")).Output;
        foreach (var option in new[] { "--port", "--data-dir", "--state", "--durability", "--region", "--account", "--auth", "FOGBANK_PORT" })
        {
            Assert.Contains(option, up, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Env_can_be_evaluated_and_warns_of_clients_that_ignore_it()
    {
        var run = await FogbankAsync(new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" }, "env");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"export AWS_ENDPOINT_URL={Endpoint.OriginalString}\n", run.Output, StringComparison.Ordinal);
        var evaluated = await ProgramRun.StartAsync(
            "/bin/sh", ["-c", "eval \"$1\"; echo $AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID", "sh", run.Output], new Dictionary<string, string>(), null, Cancel);
        Assert.Equal($"{Endpoint.OriginalString} {Account}\n", evaluated.Output);
        var cli = (await ProgramRun.StartAsync("/usr/bin/aws", ["--version"], null, null, Cancel)).Output;
        if (CliVersion().Match(cli) is { Success: true } found && Version.Parse(found.Groups[1].Value) < new Version(2, 13))
        {
            Assert.Contains("ignores AWS_ENDPOINT_URL", run.Errors, StringComparison.Ordinal);
            Assert.Contains($"--endpoint-url {Endpoint.OriginalString}", run.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Status_tells_how_the_region_runs()
    {
        var status = await FogbankAsync("status");
        Assert.Equal(0, status.ExitCode);
        Assert.Contains($" runs at {Endpoint.OriginalString}", status.Output, StringComparison.Ordinal);
        Assert.Contains("lambda", status.Output, StringComparison.Ordinal);
        var none = await FogbankAsync("status", "--endpoint", "http://127.0.0.1:1");
        Assert.Equal((1, "fogbank: No region answers at http://127.0.0.1:1. Start one with `fogbank up`, or name another with --endpoint or AWS_ENDPOINT_URL.\n"), (none.ExitCode, none.Errors));
    }

    [Fact]
    public async Task Folder_is_deployed_invoked_logged_listed_and_forgotten()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Directory.CreateTempSubdirectory("fogbank-e2e-cli-").FullName, "greeter"));
        try
        {
            var source = Path.Combine(folder.FullName, "app.py");
            await File.WriteAllTextAsync(source, "def handler(event, context):\n    print('greeting', event['name'])\n    return 'hello ' + event['name']\n", Cancel);
            var deployed = await FogbankAsync("fn", "deploy", folder.FullName, "--show-aws", "--memory", "192", "-e", "COLOUR=blue");
            Assert.True(deployed.ExitCode == 0, deployed.ToString());
            Assert.Contains("greeter: python3.12, handler app.handler", deployed.Output, StringComparison.Ordinal);
            Assert.Contains($"$ aws --endpoint-url {Endpoint.OriginalString} lambda create-function --function-name greeter", deployed.Errors, StringComparison.Ordinal);
            Assert.Contains("Created.", deployed.Output, StringComparison.Ordinal);

            var payload = Path.Combine(folder.Parent!.FullName, "ada.json");
            await File.WriteAllTextAsync(payload, """{"name": "ada"}""", Cancel);
            var cold = await FogbankAsync("fn", "invoke", "greeter", "-p", $"@{payload}");
            Assert.True(cold.ExitCode == 0, cold.ToString());
            Assert.Equal("\"hello ada\"\n", cold.Output);
            Assert.Matches(@"duration [0-9.]+ ms, billed [0-9]+ ms, cold \(init [0-9.]+ ms\)", cold.Errors);
            Assert.Matches(@"memory +[0-9]+ of 192 MB", cold.Errors);
            Assert.Matches(@"on AWS +\$0\.0000[0-9]+ this call", cold.Errors);
            Assert.Contains(", warm;", (await FogbankAsync("fn", "invoke", "greeter", "-p", """{"name": "bob"}""")).Errors, StringComparison.Ordinal);
            var failed = await FogbankAsync("fn", "invoke", "greeter");
            Assert.Equal(1, failed.ExitCode);
            Assert.Contains("KeyError", failed.Output, StringComparison.Ordinal);

            await WaitForLogAsync("greeter", "greeting bob");
            var log = await FogbankAsync("fn", "logs", "greeter", "--filter", "greeting -ERROR");
            Assert.Equal(["greeting ada", "greeting bob"], log.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[(line.IndexOf(' ') + 1)..]));
            Assert.Contains("/aws/lambda/greeter", (await FogbankAsync("logs")).Output, StringComparison.Ordinal);
            Assert.Matches(@"greeter +python3.12 +192 MB +30 s", (await FogbankAsync("fn", "ls")).Output);

            await File.WriteAllTextAsync(source, "def handler(event, context):\n    return 2\n", Cancel);
            Assert.Contains("Updated.", (await FogbankAsync("fn", "deploy", folder.FullName)).Output, StringComparison.Ordinal);
            Assert.Equal("2\n", (await FogbankAsync("fn", "invoke", "greeter", "-q")).Output);

            var reset = await FogbankAsync("reset", "--account", Account);
            Assert.Matches(@"^Forgotten in [0-9.]+ ms: .*lambda", reset.Output);
            Assert.StartsWith("No functions yet.", (await FogbankAsync("fn", "ls")).Output, StringComparison.Ordinal);
        }
        finally
        {
            folder.Parent!.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("There is no folder /no/such/folder.", "fn", "deploy", "/no/such/folder")]
    [InlineData("Function not found: ", "fn", "invoke", "nobody")]
    [InlineData("Function not found: ", "fn", "logs", "nobody")]
    [InlineData("There is no log group nothing.", "logs", "nothing")]
    [InlineData("is not an age", "logs", "x", "--since", "soon")]
    [InlineData("There is no service sqs", "reset", "--service", "sqs")]
    [InlineData("The payload cannot be read", "fn", "invoke", "f", "-p", "@/no/such/file")]
    public async Task Errors_say_what_is_wrong(string text, params string[] arguments)
    {
        var run = await FogbankAsync(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(text, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_that_tells_nothing_is_not_guessed()
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-e2e-cli-").FullName;
        try
        {
            var run = await FogbankAsync("fn", "deploy", folder);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("Say it with --runtime and --handler.", run.Errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder);
        }
    }

    [GeneratedRegex("aws-cli/([0-9]+\\.[0-9]+\\.[0-9]+)")]
    private static partial Regex CliVersion();
}
