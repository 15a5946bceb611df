namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>The AWS CLI, without any configuration of this machine's user.</summary>
internal static class AwsCli
{
    /// <summary>Runs a command in the process that keeps the CLI loaded (<c>tests/clients/cli</c>).</summary>
    public static async Task<ProgramRun> RunAsync(
        LineClient cli, Uri endpoint, string home, Identity identity, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var command = Arguments(endpoint, arguments);
        var text = $"aws {string.Join(' ', command)}";
        var answer = await cli.SendAsync(text, id => new { id, arguments = command, environment = Variables(home, identity) }, cancellationToken);
        var result = answer["result"]!;
        return new(text, result["code"]!.GetValue<int>(), result["output"]!.GetValue<string>(), result["errors"]!.GetValue<string>());
    }

    /// <summary>Starts the program itself.</summary>
    public static Task<ProgramRun> StartAsync(Uri endpoint, string home, Identity identity, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ProgramRun.StartAsync("/usr/bin/aws", Arguments(endpoint, arguments), Variables(home, identity), null, cancellationToken);

    private static string[] Arguments(Uri endpoint, IEnumerable<string> arguments) =>
        ["--endpoint-url", endpoint.OriginalString, "--cli-binary-format", "raw-in-base64-out", .. arguments];

    private static Dictionary<string, string> Variables(string home, Identity identity)
    {
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["AWS_PAGER"] = "",
            ["AWS_ACCESS_KEY_ID"] = identity.Key,
            ["AWS_SECRET_ACCESS_KEY"] = identity.Secret,
            ["AWS_DEFAULT_REGION"] = identity.Region,
            ["AWS_DEFAULT_OUTPUT"] = "json",
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };
        if (identity.Token is not null)
        {
            variables["AWS_SESSION_TOKEN"] = identity.Token;
        }

        return variables;
    }
}
