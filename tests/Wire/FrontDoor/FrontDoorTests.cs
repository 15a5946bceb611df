using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Fogbank.Kernel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fogbank.Tests.Wire.FrontDoor;

public class FrontDoorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("anything", "eu-west-1", "000000000000", "000000000000/eu-west-1")]
    [InlineData("123456789012", "us-west-2", "123456789012", "123456789012/us-west-2")]
    [InlineData("test", "aws-global", "000000000000", "000000000000/us-east-1")]
    public async Task Key_and_scope_tell_account_and_region(string key, string region, string account, string scope)
    {
        await using var server = await TestRegion.StartAsync();
        var answer = await server.Http.SendAsync(Identity(key, region), Cancel);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"<Account>{account}</Account>", body, StringComparison.Ordinal);
        Assert.Contains($"<UserId>{scope}</UserId>", body, StringComparison.Ordinal);
        Assert.Equal(36, answer.Headers.GetValues("x-amzn-RequestId").Single().Length);
    }

    [Fact]
    public async Task Unsigned_form_is_routed_by_action_and_version()
    {
        await using var server = await TestRegion.StartAsync();
        using var form = new StringContent("Action=GetCallerIdentity&Version=2011-06-15", Encoding.UTF8, "application/x-www-form-urlencoded");
        var answer = await server.Http.PostAsync("/", form, Cancel);
        Assert.Contains("<Account>000000000000</Account>", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task H2c_with_prior_knowledge_is_answered_on_the_same_port()
    {
        await using var server = await TestRegion.StartAsync();
        using var request = Identity("test", "us-east-1");
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var answer = await server.Http.SendAsync(request, Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
    }

    [Fact]
    public async Task Tls_gets_a_plain_refusal()
    {
        await using var server = await TestRegion.StartAsync();
        Assert.StartsWith("HTTP/1.1 400", await RawAsync(server, [0x16, 0x03, 0x01, 0x00, 0x05]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/bucket/a/../b", "a/../b")]
    [InlineData("/bucket/a//b/", "a//b/")]
    [InlineData("/bucket/a%2Fb%20c", "a/b c")]
    [InlineData("/bucket/%C3%BC+%2B", "ü++")]
    [InlineData("/bucket/./x", "./x")]
    public async Task Keys_keep_what_the_server_would_normalize(string target, string key)
    {
        await using var server = await TestRegion.StartAsync();
        var answer = await RawAsync(server, Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal(("bucket", key), (server.Seen.First, server.Seen.Second));
    }

    [Theory]
    [InlineData("photos.s3.localhost")]
    [InlineData("photos.s3.eu-west-1.amazonaws.com")]
    [InlineData("photos.s3.localhost.localstack.cloud")]
    [InlineData("photos.localhost")]
    public async Task Bucket_of_the_host_name_stands_before_the_key(string host)
    {
        await using var server = await TestRegion.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/2020/cat.jpg") { Headers = { Host = $"{host}:{server.Port}" } };
        var answer = await server.Http.SendAsync(request, Cancel);
        Assert.Equal("content", await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(("photos", "2020/cat.jpg"), (server.Seen.First, server.Seen.Second));
        Assert.Equal(16, answer.Headers.GetValues("x-amz-request-id").Single().Length);
    }

    [Fact]
    public async Task Invoke_passes_its_payload_and_is_found_by_path_alone()
    {
        await using var server = await TestRegion.StartAsync();
        using var body = new StringContent("{\"a\":1}", Encoding.UTF8, "application/json");
        var answer = await server.Http.PostAsync("/2015-03-31/functions/f/invocations?Qualifier=7", body, Cancel);
        Assert.Equal("{\"a\":1}", await answer.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(("f", "7"), (server.Seen.First, server.Seen.Second));
    }

    [Fact]
    public async Task Invoke_beyond_six_megabytes_is_RequestTooLarge_and_never_reaches_the_service()
    {
        await using var server = await TestRegion.StartAsync();
        using var body = new ByteArrayContent(new byte[6_291_457]);
        var answer = await server.Http.PostAsync("/2015-03-31/functions/f/invocations", body, Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains(
            "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)",
            await answer.Content.ReadAsStringAsync(Cancel),
            StringComparison.Ordinal);
        Assert.Equal(0, server.Seen.Count);
    }

    [Fact]
    public async Task Body_of_unknown_length_meets_the_same_limit()
    {
        await using var server = await TestRegion.StartAsync();
        using var body = new StreamContent(new MemoryStream(new byte[7_000_000]));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/2015-03-31/functions/f/invocations") { Content = body };
        request.Headers.TransferEncodingChunked = true;
        var answer = await server.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal(0, server.Seen.Count);
    }

    [Fact]
    public async Task Json_operation_is_found_by_its_target_and_malformed_json_is_SerializationException()
    {
        await using var server = await TestRegion.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Http.SendAsync(Logs("CreateLogGroup", "{\"logGroupName\":\"/a\"}"), Cancel)).StatusCode);
        Assert.Equal("/a", server.Seen.First);
        var answer = await server.Http.SendAsync(Logs("CreateLogGroup", "{\"logGroupName\":"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("SerializationException", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        answer = await server.Http.SendAsync(Logs("CreateLogGroup", "{}"), Cancel);
        Assert.Contains("validation error detected", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(1, server.Seen.Count);
    }

    [Theory]
    [InlineData("PutResourcePolicy", 501, "NotImplementedException")]
    [InlineData("NoSuchThing", 400, "UnknownOperationException")]
    public async Task What_is_not_built_says_so_and_what_does_not_exist_too(string operation, int status, string code)
    {
        await using var server = await TestRegion.StartAsync();
        var answer = await server.Http.SendAsync(Logs(operation, "{}"), Cancel);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(code, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_known_by_name_only_is_501_in_its_own_protocol()
    {
        await using var server = await TestRegion.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent("{}", Encoding.UTF8, "application/x-amz-json-1.0") };
        request.Headers.Add("X-Amz-Target", "DynamoDB_20120810.ListTables");
        var answer = await server.Http.SendAsync(request, Cancel);
        Assert.Equal(501, (int)answer.StatusCode);
        Assert.Contains("Fogbank does not implement DynamoDB ListTables yet", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_action_is_InvalidAction_and_unknown_method_of_S3_is_405()
    {
        await using var server = await TestRegion.StartAsync();
        using var form = new StringContent("Action=Dance&Version=2011-06-15", Encoding.UTF8, "application/x-www-form-urlencoded");
        var answer = await server.Http.PostAsync("/", form, Cancel);
        Assert.Contains("<Code>InvalidAction</Code>", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var patch = new HttpRequestMessage(HttpMethod.Patch, "/bucket/key");
        answer = await server.Http.SendAsync(patch, Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("<Code>MethodNotAllowed</Code>", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bug_of_an_operation_is_InternalFailure_and_the_connection_lives_on()
    {
        await using var server = await TestRegion.StartAsync();
        var answer = await server.Http.GetAsync("/bucket/boom", Cancel);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("a bug", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal("content", await server.Http.GetStringAsync("/bucket/fine", Cancel));
    }

    [Fact]
    public async Task Error_of_a_service_has_its_own_code_members_and_request_id()
    {
        await using var server = await TestRegion.StartAsync();
        using var body = new StringContent("<Delete><Object><Key>k</Key></Object></Delete>", Encoding.UTF8, "application/xml");
        var answer = await server.Http.PostAsync("/b?delete", body, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("<Code>NoSuchBucket</Code>", text, StringComparison.Ordinal);
        Assert.Contains("<BucketName>b</BucketName>", text, StringComparison.Ordinal);
        Assert.Contains(answer.Headers.GetValues("x-amz-request-id").Single(), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_requests_share_a_connection_although_the_first_body_was_not_wanted()
    {
        await using var server = await TestRegion.StartAsync();
        var first = "PATCH /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
        var second = "GET /bucket/key HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        var answer = await RawAsync(server, Encoding.ASCII.GetBytes(first + second));
        Assert.StartsWith("HTTP/1.1 405", answer, StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1 200", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listener_of_a_workload_is_its_identity()
    {
        await using var server = await TestRegion.StartAsync();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using var serving = server.Endpoints.ServeRegion(
            async token => await listener.AcceptAsync(token),
            new WorkloadIdentity("w1", new Scope("444455556666", "eu-north-1"), "arn:aws:lambda:eu-north-1:444455556666:function:f"));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}") };
        using var form = new StringContent("Action=GetCallerIdentity&Version=2011-06-15", Encoding.UTF8, "application/x-www-form-urlencoded");
        var body = await (await http.PostAsync("/", form, Cancel)).Content.ReadAsStringAsync(Cancel);
        Assert.Contains("<UserId>444455556666/eu-north-1</UserId>", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposed_listener_aborts_its_connections()
    {
        await using var server = await TestRegion.StartAsync();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var arrived = new TaskCompletionSource();
        var serving = server.Endpoints.Serve(
            async token => await listener.AcceptAsync(token),
            async context =>
            {
                arrived.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            });
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}") };
        var pending = http.GetAsync("/2018-06-01/runtime/invocation/next", Cancel);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        await serving.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => pending);
    }

    [Fact]
    public async Task Stop_lets_requests_end_takes_no_others_and_serves_workloads_on()
    {
        var slow = new SlowSurface();
        await using var server = await TestRegion.StartAsync(add: services => services.AddSingleton<IHttpSurface>(slow));
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using var serving = server.Endpoints.Serve(
            async token => await listener.AcceptAsync(token),
            context =>
            {
                context.Response.StatusCode = 202;
                return Task.CompletedTask;
            });
        using var kept = new TcpClient();
        await kept.ConnectAsync(IPAddress.Loopback, server.Port, Cancel);
        var pending = server.Http.GetAsync("/slow", Cancel);
        await slow.Arrived.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        var stopping = server.Server.StopAsync(Cancel);
        Assert.False(stopping.IsCompleted);

        await kept.GetStream().WriteAsync("GET /bucket/key HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Cancel);
        using var reader = new StreamReader(kept.GetStream());
        Assert.StartsWith("HTTP/1.1 503", await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        slow.GoOn.SetResult();
        Assert.Equal(HttpStatusCode.Created, (await pending).StatusCode);
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}") };
        Assert.Equal(HttpStatusCode.Accepted, (await http.GetAsync("/", Cancel)).StatusCode);
        using var late = new TcpClient();
        await Assert.ThrowsAnyAsync<SocketException>(async () => await late.ConnectAsync(IPAddress.Loopback, server.Port, Cancel));
        Assert.Equal(0, server.Seen.Count);
    }

    private sealed class SlowSurface : IHttpSurface
    {
        public TaskCompletionSource Arrived { get; } = new();

        public TaskCompletionSource GoOn { get; } = new();

        public bool Claims(string host, string path) => path == "/slow";

        public async Task HandleAsync(HttpContext context, CancellationToken cancellationToken)
        {
            Arrived.SetResult();
            await GoOn.Task.WaitAsync(cancellationToken);
            context.Response.StatusCode = StatusCodes.Status201Created;
        }
    }

    internal static HttpRequestMessage Identity(string key, string region)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent("Action=GetCallerIdentity&Version=2011-06-15", Encoding.UTF8, "application/x-www-form-urlencoded"),
        };
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={key}/20300101/{region}/sts/aws4_request, SignedHeaders=host;x-amz-date, Signature={new string('0', 64)}");
        request.Headers.Add("X-Amz-Date", "20300101T000000Z");
        return request;
    }

    internal static async Task<string> RawAsync(TestRegion server, byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port, Cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(request, Cancel);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Cancel);
    }

    private static HttpRequestMessage Logs(string operation, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"Logs_20140328.{operation}");
        return request;
    }
}
