using System.Globalization;
using System.Net.Sockets;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Region;

/// <summary>How a region starts, refuses to start, stops, and what is left of one that was killed.</summary>
public class RegionTests(SharedRegion region) : IAsyncLifetime
{
    private const string TrustPolicy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private readonly string _data = Directory.CreateTempSubdirectory("fogbank-e2e-region-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_data, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("--auth iam is not built yet", "--auth", "iam")]
    [InlineData("--host 0.0.0.0 can be reached from other machines", "--host", "0.0.0.0")]
    [InlineData("a TCP port is a number", "--port", "70000")]
    [InlineData("a region looks like us-east-1", "--region", "mars")]
    [InlineData("an account is twelve digits", "--account", "12")]
    [InlineData("use disk or memory", "--state", "cloud")]
    [InlineData("use process or power", "--durability", "none")]
    public async Task What_is_not_possible_is_refused_before_anything_starts(string reason, params string[] arguments)
    {
        var data = Path.Combine(_data, "never");
        string[] rest = arguments[0] == "--state" ? [] : ["--data-dir", data];
        var run = await UpAsync([.. arguments, .. rest]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task Every_problem_is_told_at_once()
    {
        var run = await UpAsync("--auth", "iam", "--port", "x", "--region", "mars");
        Assert.Equal(3, run.Errors.Split('\n').Count(line => line.StartsWith("fogbank: --", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Port_in_use_is_said()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var run = await UpAsync("--port", port, "--data-dir", _data);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(port, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data));
    }

    [Fact]
    public async Task Second_region_on_a_data_folder_is_refused_and_the_first_goes_on()
    {
        var first = await RegionProcess.StartAsync(_data, [], Cancel);
        await using (first)
        {
            var run = await UpAsync("--port", "0", "--data-dir", _data);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(_data, run.Errors, StringComparison.Ordinal);
            Assert.Contains(first.ProcessId.ToString(CultureInfo.InvariantCulture), run.Errors, StringComparison.Ordinal);
            using var http = new HttpClient();
            Assert.Equal(System.Net.HttpStatusCode.OK, (await http.GetAsync(new Uri(first.Address, "/_fogbank/health"), Cancel)).StatusCode);
        }
    }

    [Fact]
    public async Task State_outlives_an_orderly_stop()
    {
        var name = "f";
        await using (var first = await RegionProcess.StartAsync(_data, [], Cancel))
        {
            await MakeFunctionAsync(first, name, "def handler(event, context):\n    return 'again'\n");
            await CallAsync(first, "s3", "create_bucket", new { Bucket = "kept-bucket" });
            await CallAsync(first, "s3", "put_object", new { Bucket = "kept-bucket", Key = "k", Body = new byte[3 << 20] });
            Assert.Equal(0, await first.StopAsync());
        }

        await using var second = await RegionProcess.StartAsync(_data, [], Cancel);
        Assert.Equal(3 << 20, (await CallAsync(second, "s3", "head_object", new { Bucket = "kept-bucket", Key = "k" }))["ContentLength"]!.GetValue<int>());
        var answer = await CallAsync(second, "lambda", "invoke", new { FunctionName = name });
        Assert.Null(answer["FunctionError"]);
    }

    [Fact]
    public async Task Memory_state_leaves_nothing()
    {
        await using (var first = await RegionProcess.StartAsync(_data, ["--state", "memory"], Cancel))
        {
            await CallAsync(first, "s3", "create_bucket", new { Bucket = "lost-bucket" });
            Assert.Single((await CallAsync(first, "s3", "list_buckets"))["Buckets"]!.AsArray());
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(_data));
    }

    [Fact]
    public async Task Kill_keeps_what_was_acknowledged_and_leaves_nothing_running()
    {
        var writes = 0;
        Footprint left;
        var first = await RegionProcess.StartAsync(_data, [], Cancel);
        await using (first)
        {
            await MakeFunctionAsync(first, "f", "import time\ndef handler(event, context):\n    time.sleep(60)\n", 60);
            await CallAsync(first, "s3", "create_bucket", new { Bucket = "crash-bucket" });
            await CallAsync(first, "lambda", "invoke", new { FunctionName = "f", InvocationType = "Event" });
            left = Footprint.Of(first);
            await Eventually.BecomesTrueAsync("a sandbox", () => Task.FromResult((left = Footprint.Of(first)).Processes.Count > 2), () => left.ToString());
            var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(async worker =>
            {
                for (var i = 0; ; i++)
                {
                    try
                    {
                        await CallAsync(first, "s3", "put_object", new { Bucket = "crash-bucket", Key = $"{worker}/{i}", Body = "x"u8.ToArray() });
                        Interlocked.Increment(ref writes);
                    }
                    catch (ClientException)
                    {
                        return i;
                    }
                }
            }));
            await Eventually.BecomesTrueAsync("some writes", () => Task.FromResult(Volatile.Read(ref writes) > 40));
            left = Footprint.Of(first);
            await first.KillAsync();
            await Eventually.BecomesTrueAsync("nothing to be left", () => Task.FromResult(left.Remaining().Count == 0), () => string.Join('\n', left.Remaining()), TimeSpan.FromSeconds(2));
            var acknowledged = await writing;
            await using var second = await RegionProcess.StartAsync(_data, [], Cancel);
            var pages = await CallAsync(second, "s3", "page:list_objects_v2", new { Bucket = "crash-bucket" });
            var keys = pages.AsArray().SelectMany(page => page!["Contents"]!.AsArray()).Select(item => item!["Key"]!.GetValue<string>()).ToHashSet();
            for (var worker = 0; worker < acknowledged.Length; worker++)
            {
                Assert.All(Enumerable.Range(0, acknowledged[worker]), i => Assert.Contains($"{worker}/{i}", keys));
            }
        }
    }

    [Fact]
    public async Task Accepted_event_runs_after_a_crash_of_the_region()
    {
        const string Source =
            """
            import boto3, os, time
            s3 = boto3.client('s3', endpoint_url=os.environ['AWS_ENDPOINT_URL'])
            def handler(event, context):
                s3.put_object(Bucket='event-bucket', Key='started/' + str(time.time_ns()), Body=b'')
                if 'Contents' in s3.list_objects_v2(Bucket='event-bucket', Prefix='restarted'):
                    s3.put_object(Bucket='event-bucket', Key='done', Body=context.aws_request_id.encode())
                else:
                    time.sleep(50)
            """;
        string request;
        var first = await RegionProcess.StartAsync(_data, [], Cancel);
        await using (first)
        {
            await CallAsync(first, "s3", "create_bucket", new { Bucket = "event-bucket" });
            await MakeFunctionAsync(first, "f", Source, 60, 512);
            var accepted = await CallAsync(first, "lambda", "invoke", new { FunctionName = "f", InvocationType = "Event" });
            request = accepted["ResponseMetadata"]!["RequestId"]!.GetValue<string>();
            await Eventually.BecomesTrueAsync("the event to run", async () => (await CallAsync(first, "s3", "list_objects_v2", new { Bucket = "event-bucket" }))["Contents"] is not null);
            await CallAsync(first, "s3", "put_object", new { Bucket = "event-bucket", Key = "restarted", Body = Array.Empty<byte>() });
            await first.KillAsync();
        }

        await using var second = await RegionProcess.StartAsync(_data, [], Cancel);
        var done = await Eventually.GetAsync("the event to run again", async () =>
        {
            try
            {
                return await CallAsync(second, "s3", "get_object", new { Bucket = "event-bucket", Key = "done" });
            }
            catch (ClientException fault) when (fault.Code == "NoSuchKey")
            {
                return null;
            }
        });
        Assert.Equal(request, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(done["Body"]!["$bytes"]!.GetValue<string>())));
    }

    [Fact]
    public async Task Settings_come_from_the_environment_too()
    {
        var variables = new Dictionary<string, string> { ["FOGBANK_AUTH"] = "iam", ["FOGBANK_DATA_DIR"] = _data, ["FOGBANK_PORT"] = "0" };
        var run = await ProgramRun.StartAsync(Repository.Binary, ["up"], variables, null, Cancel);
        Assert.Contains("--auth iam is not built yet", run.Errors, StringComparison.Ordinal);
        await using var up = await RegionProcess.StartAsync(null, ["--region", "eu-north-1", "--account", "222233334444", "--state", "memory"], Cancel);
        using var http = new HttpClient();
        var health = System.Text.Json.Nodes.JsonNode.Parse(await http.GetStringAsync(new Uri(up.Address, "/_fogbank/health"), Cancel))!;
        Assert.Equal(("eu-north-1", "222233334444"), (health["region"]!.GetValue<string>(), health["account"]!.GetValue<string>()));
    }

    private async Task MakeFunctionAsync(RegionProcess where, string name, string source, int timeout = 10, int memory = 256)
    {
        var role = await CallAsync(where, "iam", "create_role", new { RoleName = name, AssumeRolePolicyDocument = TrustPolicy });
        await CallAsync(where, "lambda", "create_function", new
        {
            FunctionName = name,
            Runtime = "python3.12",
            Handler = "app.handler",
            Role = role["Role"]!["Arn"]!.GetValue<string>(),
            Timeout = timeout,
            MemorySize = memory,
            Code = new { ZipFile = Zip.Of(("app.py", source)) },
        });
        await CallAsync(where, "lambda", "wait:function_active_v2", new { FunctionName = name });
    }

    private async Task<System.Text.Json.Nodes.JsonNode> CallAsync(RegionProcess where, string service, string call, object? input = null) =>
        await region.Boto.CallAsync(where.Address, new Identity("555566667777"), service, call, input, null, Cancel) ?? new System.Text.Json.Nodes.JsonObject();

    private static Task<ProgramRun> UpAsync(params string[] arguments) =>
        ProgramRun.StartAsync(Repository.Binary, ["up", .. arguments], new Dictionary<string, string>(), null, Cancel);
}
