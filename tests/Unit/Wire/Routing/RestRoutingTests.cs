using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.Logs;
using Fogbank.Contracts.S3;
using Fogbank.Contracts.Sts;
using Fogbank.Kernel.Signing;
using Fogbank.Wire.Routing;
using Xunit;

namespace Fogbank.Tests.Unit.Wire.Routing;

/// <summary>Each operation of each contract is reached by a request that is shaped as its contract says.</summary>
public class RestRoutingTests
{
    private static readonly Api[] Apis = [LambdaApi.Instance, S3Api.Instance, IamApi.Instance, StsApi.Instance, LogsApi.Instance];
    private static readonly ServiceRouter Router = new(Apis, "fog.example.com");

    public static TheoryData<string, string> AllOperations()
    {
        var data = new TheoryData<string, string>();
        foreach (var api in Apis)
        {
            foreach (var operation in api.Operations.Where(operation => !Discriminators.IsShadowed(operation)))
            {
                data.Add(api.Name, operation.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(AllOperations))]
    public void Operation_is_reached(string apiName, string operationName)
    {
        var api = Apis.Single(api => api.Name == apiName);
        var operation = api.FindOperation(operationName)!;
        var scope = new CredentialScope("20300101", "us-east-1", api.SigningName);
        var route = api.Protocols[0] switch
        {
            WireProtocol.Query => Router.Route(TestRequest.Of("GET", $"/?Action={operationName}&Version={api.ApiVersion}", "localhost"), scope, null),
            WireProtocol.Json11 => Router.Route(
                TestRequest.Of("POST", "/", "localhost", ("X-Amz-Target", $"{api.TargetPrefix}.{operationName}")), scope, null),
            _ => Router.Route(Shaped(operation), scope, null),
        };
        Assert.Same(operation, route.Operation);
    }

    /// <summary>The table of discriminators says what the contract says: members that are required and stand in query or headers.</summary>
    [Fact]
    public void Operations_of_S3_that_share_a_uri_are_told_apart()
    {
        var groups = S3Api.Instance.Operations
            .Where(operation => !Discriminators.IsShadowed(operation))
            .GroupBy(operation => (operation.Method, operation.UriTemplate));
        using var contract = JsonDocument.Parse(File.ReadAllBytes(ContractPath("s3.json")));
        foreach (var group in groups.Where(group => group.Count() > 1))
        {
            foreach (var operation in group)
            {
                var (query, headers) = Discriminators.Of(operation);
                var (requiredQuery, requiredHeaders) = Required(contract.RootElement, operation);
                Assert.Equal(requiredQuery.Order(), query.Order());
                Assert.Equal(requiredHeaders.Order(), headers.Order());
            }

            Assert.Equal(group.Count(), group.Select(operation => string.Join(',', Keys(operation))).Distinct().Count());
        }

        static IEnumerable<string> Keys(OperationSchema operation) => [.. Discriminators.Of(operation).Query, .. Discriminators.Of(operation).Headers];
    }

    [Theory]
    [InlineData("GET", "/b/k?x-id=GetObject", "GetObject", "k")]
    [InlineData("GET", "/b/?list-type=2&prefix=a%2F", "ListObjectsV2", null)]
    [InlineData("GET", "/b?list-type=3", "ListObjects", null)]
    [InlineData("GET", "/b/k/?tagging", "GetObjectTagging", "k/")]
    [InlineData("GET", "/b/k?uploadId=u", "ListParts", "k")]
    [InlineData("PUT", "/b/k?uploadId=u&partNumber=1&x-id=UploadPart", "UploadPart", "k")]
    [InlineData("GET", "/", "ListBuckets", null)]
    [InlineData("GET", "/?x-id=ListBuckets", "ListBuckets", null)]
    [InlineData("POST", "/b/k?select&select-type=2", "SelectObjectContent", "k")]
    [InlineData("GET", "/b?analytics&id=1", "GetBucketAnalyticsConfiguration", null)]
    [InlineData("GET", "/b?analytics", "ListBucketAnalyticsConfigurations", null)]
    [InlineData("PUT", "/b?notification", "PutBucketNotificationConfiguration", null)]
    public void Requests_of_S3_clients_find_their_operation(string method, string target, string operation, string? key)
    {
        var route = Router.Route(TestRequest.Of(method, target, "localhost"), null, null);
        Assert.Equal(operation, route.Operation?.Name);
        Assert.Equal(key, route.Labels!.GetValueOrDefault("Key"));
    }

    [Theory]
    [InlineData("x-amz-copy-source", "/b/k", "CopyObject")]
    [InlineData("x-amz-copy-source", "/b/k?partNumber=1&uploadId=u", "UploadPartCopy")]
    [InlineData("x-amz-meta-a", "/b/k", "PutObject")]
    public void Copies_are_told_by_their_header(string header, string target, string operation) =>
        Assert.Equal(operation, Router.Route(TestRequest.Of("PUT", target, "localhost", (header, "x/y")), null, null).Operation?.Name);

    [Theory]
    [InlineData("/2015-03-31/functions", "GET", "ListFunctions")]
    [InlineData("/2015-03-31/functions/", "GET", "ListFunctions")]
    [InlineData("/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A0%3Afunction%3Af/configuration", "GET", "GetFunctionConfiguration")]
    public void Lambda_is_found_by_its_path_alone(string path, string method, string operation) =>
        Assert.Equal(operation, Router.Route(TestRequest.Of(method, path, "localhost"), null, null).Operation?.Name);

    [Theory]
    [InlineData("b.s3.localhost", "b", null)]
    [InlineData("my.dotted.bucket.s3.localhost.localstack.cloud", "my.dotted.bucket", null)]
    [InlineData("b.s3.eu-west-1.localhost.localstack.cloud", "b", "eu-west-1")]
    [InlineData("b.s3.us-east-2.amazonaws.com", "b", "us-east-2")]
    [InlineData("b.s3-eu-west-1.amazonaws.com", "b", "eu-west-1")]
    [InlineData("b.s3.dualstack.us-east-1.amazonaws.com", "b", "us-east-1")]
    [InlineData("b.localhost", "b", null)]
    [InlineData("b.s3.fog.example.com", "b", null)]
    [InlineData("s3.amazonaws.com", null, null)]
    [InlineData("s3.us-east-1.amazonaws.com", null, "us-east-1")]
    [InlineData("localhost", null, null)]
    [InlineData("127.0.0.1", null, null)]
    public void Host_name_tells_the_bucket(string host, string? bucket, string? region)
    {
        var facts = TestRequest.Of("GET", "/k", host);
        var route = Router.Route(facts, null, null);
        Assert.Equal(bucket ?? "k", route.Bucket);
        Assert.Equal(bucket is null ? "/k" : $"/{bucket}/k", route.RawPath);
        Assert.Equal(region, Router.RegionOf(facts));
    }

    [Theory]
    [InlineData("lambda.us-east-1.amazonaws.com", "lambda")]
    [InlineData("lambda.localhost.localstack.cloud", "lambda")]
    [InlineData("lambda.localhost", "lambda")]
    public void Host_name_tells_the_service(string host, string api) =>
        Assert.Equal(api, Router.Route(TestRequest.Of("GET", "/none", host), null, null).Api?.Name);

    [Fact]
    public void Host_name_of_a_service_known_by_name_only_tells_it()
    {
        Assert.Equal("ecr", Router.Route(TestRequest.Of("POST", "/", "api.ecr.us-east-1.amazonaws.com"), null, null).Known?.Name);
        Assert.Equal("dynamodb", Router.Route(TestRequest.Of("POST", "/", "localhost"), new CredentialScope("", "", "dynamodb"), null).Known?.Name);
    }

    [Fact]
    public void Bucket_that_is_called_like_a_service_is_one_where_the_signature_is_for_S3() =>
        Assert.Equal("lambda", Router.Route(TestRequest.Of("GET", "/k", "lambda.localhost"), new CredentialScope("", "", "s3"), null).Bucket);

    private static RequestFacts Shaped(OperationSchema operation)
    {
        var (query, headers) = Discriminators.Of(operation);
        var target = System.Text.RegularExpressions.Regex.Replace(operation.UriTemplate, @"\{[^}]*?(\+?)\}", match => match.Groups[1].Length > 0 ? "deep/value" : "value");
        if (query.Length > 0)
        {
            target += (target.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join('&', query.Select(name => name + "=1"));
        }

        return TestRequest.Of(operation.Method, target, "localhost", [.. headers.Select(name => (name, "x/y"))]);
    }

    private static (List<string> Query, List<string> Headers) Required(JsonElement contract, OperationSchema operation)
    {
        var input = contract.GetProperty("operations").GetProperty(operation.Name).GetProperty("input").GetString()!;
        var found = (Query: new List<string>(), Headers: new List<string>());
        foreach (var member in contract.GetProperty("shapes").GetProperty(input).GetProperty("members").EnumerateObject())
        {
            if (!member.Value.TryGetProperty("required", out var required) || !required.GetBoolean() || !member.Value.TryGetProperty("location", out _))
            {
                continue;
            }

            var names = member.Value.GetProperty("location").GetString() switch
            {
                "querystring" => found.Query,
                "header" => found.Headers,
                _ => [],
            };
            names.Add(member.Value.GetProperty("wire").GetString()!);
        }

        return found;
    }

    private static string ContractPath(string file)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fogbank.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The repository is not above the tests.");
        }

        return Path.Combine(folder, "contracts", file);
    }
}
