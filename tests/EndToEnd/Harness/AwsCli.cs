namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>The AWS CLI, without any configuration of this machine's user.</summary>
internal static class AwsCli
{
    public static Task<ProgramRun> RunAsync(Uri endpoint, string home, Identity identity, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>
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
            environment["AWS_SESSION_TOKEN"] = identity.Token;
        }

        return ProgramRun.StartAsync(
            "/usr/bin/aws",
            ["--endpoint-url", endpoint.OriginalString, "--cli-binary-format", "raw-in-base64-out", .. arguments],
            environment,
            null,
            cancellationToken);
    }
}
