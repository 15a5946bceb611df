using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.FrontDoor;

public class FrontDoorTests(SharedRegion region) : ClientTest(region)
{
    [Fact]
    public async Task Health_pages_name_the_services_that_run()
    {
        var own = JsonNode.Parse((await CurlAsync("-f", $"{Endpoint}_fogbank/health")).Output)!;
        Assert.Equal("running", own["status"]!.GetValue<string>());
        Assert.Superset(new HashSet<string> { "iam", "lambda", "logs", "s3", "sts" }, own["services"]!.AsArray().Select(name => name!.GetValue<string>()).ToHashSet());
        var compatible = JsonNode.Parse((await CurlAsync("-f", $"{Endpoint}_localstack/health")).Output)!;
        Assert.Equal("running", compatible["services"]!["lambda"]!.GetValue<string>());
        Assert.NotEqual("running", compatible["services"]!["sqs"]!.GetValue<string>());
    }

    [Fact]
    public async Task Coverage_is_the_truth_about_an_operation()
    {
        var coverage = JsonNode.Parse((await CurlAsync("-f", $"{Endpoint}_fogbank/coverage")).Output)!["services"]!;
        Assert.Contains("CreateFunction", coverage["lambda"]!["implemented"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.DoesNotContain("CreateSAMLProvider", coverage["iam"]!["implemented"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.DoesNotContain("CreateService", coverage["ecs"]!["implemented"]!.AsArray().Select(name => name!.GetValue<string>()));
    }

    [Fact]
    public async Task What_is_not_built_says_so_in_the_protocol_of_its_client()
    {
        var known = await BotoFailsAsync("iam", "list_saml_providers");
        Assert.True(known.Status == 501, known.Message);
        Assert.Contains("ListSAMLProviders", known.Text, StringComparison.Ordinal);
        var service = await BotoFailsAsync("sqs", "list_queues");
        Assert.Equal(501, service.Status);
        Assert.Contains("Fogbank does not implement SQS", service.Text, StringComparison.Ordinal);
        var rest = await BotoFailsAsync("lambda", "list_layers");
        Assert.Equal(501, rest.Status);
        var cli = await AwsFailsAsync("dynamodb", "list-tables");
        Assert.Contains("Fogbank does not implement DynamoDB ListTables yet", cli, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_operation_is_an_error_of_its_protocol()
    {
        var query = await CurlAsync("-w", "%{http_code}", "-d", "Action=FlyToMoon&Version=2010-05-08", Endpoint.OriginalString);
        Assert.EndsWith("400", query.Output, StringComparison.Ordinal);
        Assert.Contains("<Code>InvalidAction</Code>", query.Output, StringComparison.Ordinal);
        var json = await CurlAsync(
            "-w", "%{http_code}", "-H", "X-Amz-Target: Logs_20140328.FlyToMoon", "-H", "Content-Type: application/x-amz-json-1.1", "-d", "{}", Endpoint.OriginalString);
        Assert.EndsWith("400", json.Output, StringComparison.Ordinal);
        Assert.Contains("UnknownOperationException", json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Malformed_bodies_are_the_clients_fault()
    {
        var json = await CurlAsync(
            "-w", "%{http_code}", "-H", "X-Amz-Target: Logs_20140328.CreateLogGroup", "-H", "Content-Type: application/x-amz-json-1.1", "-d", "{\"logGroupName\":", Endpoint.OriginalString);
        Assert.EndsWith("400", json.Output, StringComparison.Ordinal);
        Assert.Contains("SerializationException", json.Output, StringComparison.Ordinal);
        var bucket = $"bucket-{Account}";
        await BotoAsync("s3", "create_bucket", new { Bucket = bucket });
        const string Broken = "<Tagging><TagSet>";
        const string Digest = "qmV02LzFsUoS6NVSbqnHNA==";
        var xml = await CurlAsync("-w", "%{http_code}", "-X", "PUT", "-H", $"Content-MD5: {Digest}", "-d", Broken, $"{Endpoint}{bucket}?tagging");
        Assert.EndsWith("400", xml.Output, StringComparison.Ordinal);
        Assert.Contains("<Code>MalformedXML</Code>", xml.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2_with_prior_knowledge_works_on_the_same_port()
    {
        var bucket = $"bucket-{Account}";
        await BotoAsync("s3", "create_bucket", new { Bucket = bucket });
        var url = (await NodeAsync("s3", "presign:PutObject", new { Bucket = bucket, Key = "k" })).GetValue<string>();
        var put = await CurlAsync("--http2-prior-knowledge", "-f", "-w", "%{http_version}", "-T", Repository.Of("LICENSE"), url);
        Assert.True(put.ExitCode == 0, put.ToString());
        Assert.Equal("2", put.Output);
        Assert.Equal(new FileInfo(Repository.Of("LICENSE")).Length, (await BotoAsync("s3", "head_object", new { Bucket = bucket, Key = "k" }))["ContentLength"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("-H", "Origin: https://evil.example")]
    [InlineData("-H", "Origin: null")]
    [InlineData("-H", "Sec-Fetch-Site: cross-site")]
    [InlineData("-H", "Host: evil.example:4566")]
    public async Task Hostile_page_changes_nothing(params string[] header)
    {
        await BotoAsync("s3", "create_bucket", new { Bucket = $"bucket-{Account}" });
        foreach (var attempt in new string[][]
        {
            ["-X", "PUT", "-H", "Content-Type: text/plain", "-d", "x", $"{Endpoint}bucket-{Account}/evil"],
            ["-X", "DELETE", $"{Endpoint}bucket-{Account}"],
            ["-d", $"Action=CreateUser&Version=2010-05-08&UserName=evil", Endpoint.OriginalString],
            ["-X", "POST", $"{Endpoint}_fogbank/reset?account={Account}"],
            [$"{Endpoint}_fogbank/coverage"],
        })
        {
            var refused = await CurlAsync(["-o", "/dev/null", "-w", "%{http_code}", .. header, .. attempt]);
            Assert.True(refused.Output == "403", $"{refused}");
        }

        Assert.Null((await BotoAsync("s3", "list_objects_v2", new { Bucket = $"bucket-{Account}" }))["Contents"]);
        Assert.Empty((await BotoAsync("iam", "list_users", identity: new Identity("000000000000")))["Users"]!.AsArray());
    }

    [Fact]
    public async Task Reset_forgets_a_region_a_service_or_an_account_and_nothing_else()
    {
        var west = Me with { Region = "us-west-2" };
        var other = new Identity(Shared.NewAccount());
        foreach (var who in new[] { Me, west, other })
        {
            await BotoAsync("logs", "create_log_group", new { logGroupName = "g" }, who);
            await BotoAsync("s3", "create_bucket", new { Bucket = $"{who.Region}-{who.Key}", CreateBucketConfiguration = who == west ? new { LocationConstraint = "us-west-2" } : null }, who);
        }

        await BotoAsync("iam", "create_user", new { UserName = "u" });
        await ResetAsync("region=us-west-2&service=logs");
        Assert.Equal((1, 0, 1), await GroupsAsync());
        await ResetAsync("service=iam");
        Assert.Empty((await BotoAsync("iam", "list_users"))["Users"]!.AsArray());
        Assert.Equal(2, (await BotoAsync("s3", "list_buckets"))["Buckets"]!.AsArray().Count);
        await ResetAsync(null);
        Assert.Empty((await BotoAsync("s3", "list_buckets"))["Buckets"]!.AsArray());
        Assert.Equal((0, 0, 1), await GroupsAsync());
        Assert.Single((await BotoAsync("s3", "list_buckets", identity: other))["Buckets"]!.AsArray());

        // The name is free again.
        await BotoAsync("s3", "create_bucket", new { Bucket = $"us-east-1-{Account}" }, other);

        async Task ResetAsync(string? query)
        {
            var answer = await CurlAsync("-f", "-X", "POST", $"{Endpoint}_fogbank/reset?account={Account}{(query is null ? "" : "&" + query)}");
            Assert.True(answer.ExitCode == 0, answer.ToString());
            Assert.True(JsonNode.Parse(answer.Output)!["milliseconds"]!.GetValue<double>() < 2000, answer.Output);
        }

        async Task<(int, int, int)> GroupsAsync()
        {
            async Task<int> CountAsync(Identity who) => (await BotoAsync("logs", "describe_log_groups", identity: who))["logGroups"]!.AsArray().Count;
            return (await CountAsync(Me), await CountAsync(west), await CountAsync(other));
        }
    }
}
