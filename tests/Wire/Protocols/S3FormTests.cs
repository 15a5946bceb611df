using System.Text;
using Fogbank.Contracts;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.S3;
using Fogbank.Wire.Protocols;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>S3's bodies and headers as its documentation shows them.</summary>
public class S3FormTests
{
    private const string Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    private static readonly DateTimeOffset Time = new(2009, 10, 12, 17, 50, 30, TimeSpan.Zero);

    [Fact]
    public async Task A_listing_repeats_its_items_without_a_list_around_them()
    {
        using var response = await WriteAsync(S3Operations.ListObjectsV2.Schema, new ListObjectsV2Response
        {
            Name = "b",
            KeyCount = 1,
            IsTruncated = false,
            Contents = [new() { Key = "a&b", LastModified = Time, ETag = "\"x\"", Size = 3, StorageClass = "STANDARD" }],
            CommonPrefixes = [new() { Prefix = "p/" }, new() { Prefix = "q/" }],
        });
        Assert.Equal("application/xml", response.Headers.ContentType.ToString());
        Assert.StartsWith($"{Declaration}<ListBucketResult xmlns=\"{Namespace}\">", response.Text, StringComparison.Ordinal);
        Assert.Contains(
            "<Contents><Key>a&amp;b</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;x&quot;</ETag><Size>3</Size>"
            + "<StorageClass>STANDARD</StorageClass></Contents>",
            response.Text,
            StringComparison.Ordinal);
        Assert.Contains(
            "<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>q/</Prefix></CommonPrefixes>",
            response.Text,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eu-west-1", ">eu-west-1</LocationConstraint>")]
    [InlineData(null, "/>")]
    public async Task A_location_is_the_root_itself(string? location, string end)
    {
        using var response = await WriteAsync(
            S3Operations.GetBucketLocation.Schema, new GetBucketLocationResponse { LocationConstraint = location });
        Assert.Equal($"{Declaration}<LocationConstraint xmlns=\"{Namespace}\"{end}", response.Text);
    }

    [Fact]
    public async Task A_grantee_says_its_type_in_an_attribute()
    {
        using var response = await WriteAsync(S3Operations.GetBucketAcl.Schema, new GetBucketAclResponse
        {
            Owner = new() { ID = "o" },
            Grants = [new() { Grantee = new() { Type = "CanonicalUser", ID = "o" }, Permission = "FULL_CONTROL" }],
        });
        Assert.Equal(
            $"{Declaration}<AccessControlPolicy xmlns=\"{Namespace}\"><Owner><ID>o</ID></Owner><AccessControlList><Grant>"
            + "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>o</ID></Grantee>"
            + "<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>",
            response.Text);
    }

    [Fact]
    public async Task A_payload_has_a_root_of_its_own()
    {
        using var response = await WriteAsync(S3Operations.CopyObject.Schema, new CopyObjectResponse
        {
            CopyObjectResult = new() { ETag = "\"x\"", LastModified = Time },
            VersionId = "v",
        });
        Assert.Equal("v", response.Headers["x-amz-version-id"].ToString());
        Assert.Equal(
            $"{Declaration}<CopyObjectResult xmlns=\"{Namespace}\"><ETag>&quot;x&quot;</ETag>"
            + "<LastModified>2009-10-12T17:50:30.000Z</LastModified></CopyObjectResult>",
            response.Text);
    }

    [Fact]
    public async Task An_object_streams_under_its_headers()
    {
        using var response = await WriteAsync(S3Operations.GetObject.Schema, new GetObjectResponse
        {
            Body = new MemoryStream("hello"u8.ToArray()),
            ContentLength = 5,
            ContentType = "image/jpeg",
            LastModified = Time,
            Metadata = new Dictionary<string, string> { ["camera"] = "x" },
        });
        Assert.Equal("hello", response.Text);
        Assert.Equal("image/jpeg", response.Headers.ContentType.ToString());
        Assert.Equal("Mon, 12 Oct 2009 17:50:30 GMT", response.Headers.LastModified.ToString());
        Assert.Equal("x", response.Headers["x-amz-meta-camera"].ToString());
        Assert.Equal(5, response.Headers.ContentLength);
    }

    [Fact]
    public async Task Head_keeps_the_length_of_what_it_does_not_send()
    {
        using var response = new RecordedResponse { IsBodyless = true };
        await WireProtocols.Find(WireProtocol.RestXml)!.WriteSuccessAsync(
            S3Operations.HeadObject.Schema,
            new HeadObjectResponse { ContentLength = 7, ETag = "\"x\"" },
            response,
            TestContext.Current.CancellationToken);
        Assert.Equal((7L, 0), (response.Headers.ContentLength, response.Bytes.Length));
    }

    [Fact]
    public void An_upload_is_read_from_path_headers_and_stream()
    {
        var body = new MemoryStream("hello"u8.ToArray());
        var shape = PutObjectRequest.Read(Reader(
            S3Operations.PutObject.Schema,
            new() { ["Content-Length"] = "5", ["x-amz-meta-A"] = "1", ["x-amz-meta-b"] = "2", ["Expires"] = "Mon, 12 Oct 2009 17:50:30 GMT" },
            stream: body));
        Assert.Equal(("bucket", "a/key", 5L), (shape.Bucket, shape.Key, shape.ContentLength));
        Assert.Same(body, shape.Body);
        Assert.Equal(2, shape.Metadata!.Count);
    }

    [Fact]
    public void Parts_are_read_whatever_their_namespace()
    {
        var shape = CompleteMultipartUploadRequest.Read(Reader(
            S3Operations.CompleteMultipartUpload.Schema,
            [],
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag></Part><x/><Part><ETag>b</ETag><PartNumber> 2 </PartNumber></Part></CompleteMultipartUpload>",
            query: "uploadId=u+1%2B"));
        Assert.Equal("u 1+", shape.UploadId);
        Assert.Equal([(1, "\"a\""), (2, "b")], shape.MultipartUpload!.Parts!.Select(part => (part.PartNumber!.Value, part.ETag!)));
    }

    [Theory]
    [InlineData("max-keys=ten", "InvalidArgument", "Provided max-keys not an integer or within integer range", "max-keys")]
    [InlineData("encoding-type=value", "InvalidArgument", "Invalid Encoding Method specified in Request", "encoding-type")]
    public void Arguments_are_refused_by_name(string query, string code, string message, string argument)
    {
        var operation = S3Operations.ListObjectsV2.Schema;
        var protocol = WireProtocols.Find(WireProtocol.RestXml)!;
        WireError error;
        try
        {
            var reader = Reader(operation, [], query: query);
            ListObjectsV2Request.Read(reader);
            error = protocol.Describe(operation, reader.Violations);
        }
        catch (WireFormatException e)
        {
            error = protocol.Describe(operation, e);
        }

        Assert.Equal((code, message), (error.Code.Name, error.Message));
        Assert.Equal(new KeyValuePair<string, string>("ArgumentName", argument), error.Members[0]);
    }

    [Fact]
    public async Task What_a_function_returns_is_sent_as_it_is()
    {
        using var response = new RecordedResponse();
        await WireProtocols.Find(WireProtocol.RestJson)!.WriteSuccessAsync(
            LambdaOperations.Invoke.Schema,
            new InvokeResponse { StatusCode = 200, Payload = "{\"a\":1}"u8.ToArray(), ExecutedVersion = "$LATEST", FunctionError = "Unhandled" },
            response,
            TestContext.Current.CancellationToken);
        Assert.Equal((200, "{\"a\":1}", "application/json"), (response.Status, response.Text, response.Headers.ContentType.ToString()));
        Assert.Equal("$LATEST", response.Headers["X-Amz-Executed-Version"].ToString());
        Assert.Equal("Unhandled", response.Headers["X-Amz-Function-Error"].ToString());
    }

    private static async Task<RecordedResponse> WriteAsync(OperationSchema operation, Shape output)
    {
        var response = new RecordedResponse();
        await WireProtocols.Find(WireProtocol.RestXml)!.WriteSuccessAsync(operation, output, response, TestContext.Current.CancellationToken);
        return response;
    }

    private static ShapeReader Reader(
        OperationSchema operation, HeaderDictionary headers, string body = "", string query = "", Stream? stream = null) =>
        WireProtocols.Find(WireProtocol.RestXml)!.CreateReader(operation, new WireRequest
        {
            Method = operation.Method,
            RawPath = "/bucket/a/key",
            RawQuery = query,
            Headers = headers,
            Labels = new Dictionary<string, string> { ["Bucket"] = "bucket", ["Key"] = "a/key" },
            Body = Encoding.UTF8.GetBytes(body),
            BodyStream = stream,
            NewToken = () => "token",
        });
}
