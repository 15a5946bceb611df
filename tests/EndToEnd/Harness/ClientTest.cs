using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecurityToken;
using Fogbank.Tests.EndToEnd.Harness.Recording;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>
/// A test that calls the shared region through real clients, in an account of its own. When it ends, every successful answer that the account
/// got is held against what AWS was recorded to send.
/// </summary>
public abstract class ClientTest(SharedRegion region) : IAsyncLifetime
{
    internal string Account { get; } = region.NewAccount();

    internal SharedRegion Shared => region;

    internal Uri Endpoint => region.Address;

    internal Identity Me => new(Account);

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        var violations = ShapeChecker.Check(region.Recorder.TakeExchanges(Account));
        Assert.True(violations.Count == 0, "Answers differ in form from those of AWS:\n" + string.Join('\n', violations));
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Calls through boto3, as this test's account or as <paramref name="identity"/>.</summary>
    internal async Task<JsonNode> BotoAsync(string service, string call, object? input = null, Identity? identity = null, object? options = null) =>
        await region.Boto.CallAsync(Endpoint, identity ?? Me, service, call, input, options, Cancel) ?? new JsonObject();

    /// <summary>Calls through boto3 what must fail.</summary>
    internal async Task<ClientException> BotoFailsAsync(string service, string call, object? input = null, Identity? identity = null) =>
        await Assert.ThrowsAsync<ClientException>(() => BotoAsync(service, call, input, identity));

    /// <summary>Calls through the AWS SDK for JavaScript.</summary>
    internal async Task<JsonNode> NodeAsync(string service, string call, object? input = null, Identity? identity = null, object? options = null) =>
        await region.Node.CallAsync(Endpoint, identity ?? Me, service, call, input, options, Cancel) ?? new JsonObject();

    internal async Task<ClientException> NodeFailsAsync(string service, string call, object? input = null, Identity? identity = null) =>
        await Assert.ThrowsAsync<ClientException>(() => NodeAsync(service, call, input, identity));

    /// <summary>Runs the AWS CLI; what it prints is read as JSON.</summary>
    internal async Task<JsonNode> AwsAsync(params string[] arguments)
    {
        var run = await RunAwsAsync(Me, arguments);
        Assert.True(run.ExitCode == 0, run.ToString());
        return string.IsNullOrWhiteSpace(run.Output) ? new JsonObject() : JsonNode.Parse(run.Output)!;
    }

    /// <summary>Runs the AWS CLI; for commands that print no JSON.</summary>
    internal async Task<string> AwsTextAsync(params string[] arguments)
    {
        var run = await RunAwsAsync(Me, arguments);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.Output;
    }

    /// <summary>Runs the AWS CLI on what must fail, and gives its error text.</summary>
    internal async Task<string> AwsFailsAsync(params string[] arguments)
    {
        var run = await RunAwsAsync(Me, arguments);
        Assert.True(run.ExitCode is not 0, run.ToString());
        return run.Errors.Trim();
    }

    internal Task<ProgramRun> RunAwsAsync(Identity identity, IEnumerable<string> arguments) =>
        AwsCli.RunAsync(region.Cli, Endpoint, region.Home, identity, arguments, Cancel);

    internal static Task<ProgramRun> CurlAsync(params string[] arguments) =>
        ProgramRun.StartAsync("/usr/bin/curl", ["-sS", "--max-time", "60", .. arguments], new Dictionary<string, string>(), null, Cancel);

    /// <summary>Runs Fogbank's own command line against the region.</summary>
    internal Task<ProgramRun> FogbankAsync(params string[] arguments) => FogbankAsync(null, arguments);

    internal Task<ProgramRun> FogbankAsync(IReadOnlyDictionary<string, string>? more, params string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = region.Home,
            ["FOGBANK_ENDPOINT"] = Endpoint.OriginalString,
            ["AWS_ACCESS_KEY_ID"] = Account,
            ["AWS_SECRET_ACCESS_KEY"] = "test",
        };
        foreach (var (name, value) in more ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        return ProgramRun.StartAsync(Repository.Binary, arguments, environment, null, Cancel);
    }

    internal AmazonS3Client S3Client(Identity? identity = null) => new(
        Credentials(identity ?? Me),
        new AmazonS3Config { ServiceURL = Endpoint.OriginalString, AuthenticationRegion = (identity ?? Me).Region, ForcePathStyle = true, MaxErrorRetry = 0 });

    internal AmazonSecurityTokenServiceClient StsClient(Identity? identity = null) => new(
        Credentials(identity ?? Me),
        new AmazonSecurityTokenServiceConfig { ServiceURL = Endpoint.OriginalString, AuthenticationRegion = (identity ?? Me).Region, MaxErrorRetry = 0 });

    private static AWSCredentials Credentials(Identity identity) => identity.Token is null
        ? new BasicAWSCredentials(identity.Key, identity.Secret)
        : new SessionAWSCredentials(identity.Key, identity.Secret, identity.Token);
}
