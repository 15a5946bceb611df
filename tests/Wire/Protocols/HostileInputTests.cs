using System.Text;
using CsCheck;
using Fogbank.Contracts;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.Logs;
using Fogbank.Contracts.S3;
using Fogbank.Wire.Protocols;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Whatever bytes come, a reader ends with a shape, with violations, or with a <see cref="WireFormatException"/>.</summary>
public class HostileInputTests
{
    private const string CreateFunction = """
        {"FunctionName":"f","Runtime":"python3.13","Role":"arn:aws:iam::111111111111:role/r","Handler":"a.b","Code":{"ZipFile":"UEsFBg=="},
         "Timeout":3,"Environment":{"Variables":{"AA":"\u00e9\n","BB":""}},"Layers":[],"Tags":{"k":"v"},"VpcConfig":{"SubnetIds":["subnet-1"]}}
        """;

    private const string PutLogEvents =
        """{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1700000000000,"message":"hi"},{"timestamp":1,"message":"ho"}]}""";

    private const string CreateRole =
        "Action=CreateRole&Version=2010-05-08&RoleName=r&AssumeRolePolicyDocument=%7B%7D&Tags.member.1.Key=a&Tags.member.1.Value=b&MaxSessionDuration=3600";

    private const string DeleteObjects = """
        <?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a&amp;b</Key>
        <VersionId>1</VersionId></Object><Object><Key><![CDATA[x]]></Key></Object><Quiet>true</Quiet></Delete>
        """;

    public static TheoryData<string> Bodies => ["lambda", "logs", "iam", "s3"];

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Random_bytes_are_read_or_refused(string api) =>
        Gen.Byte.Array[0, 200].Sample(bytes => ReadOrRefuse(api, bytes), iter: 5_000, seed: null);

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Mutated_bodies_are_read_or_refused(string api)
    {
        Mutations.Of(Valid(api)).Sample(body => ReadOrRefuse(api, Encoding.UTF8.GetBytes(body)), iter: 5_000);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Every_prefix_of_a_body_is_read_or_refused(string api)
    {
        var valid = Encoding.UTF8.GetBytes(Valid(api));
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.True(ReadOrRefuse(api, valid[..length]));
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void The_bodies_themselves_are_valid(string api)
    {
        var reader = Reader(api, Encoding.UTF8.GetBytes(Valid(api)));
        Read(api, reader);
        Assert.Empty(reader.Violations);
    }

    [Theory]
    [InlineData("lambda", "{\"Unknown\":", "[", 100_000)]
    [InlineData("lambda", "{\"Environment\":", "{\"Variables\":", 100_000)]
    [InlineData("s3", "", "<Delete>", 100_000)]
    [InlineData("iam", "Tags", ".member.1", 100_000)]
    public void Depth_is_bounded(string api, string start, string repeated, int times)
    {
        var body = Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, times)));
        Assert.Throws<WireFormatException>(() => Read(api, Reader(api, body)));
    }

    [Fact]
    public void A_form_with_too_many_parameters_is_refused()
    {
        var body = Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, 30_000).Select(i => $"a{i}=1")));
        Assert.Throws<WireFormatException>(() => Read("iam", Reader("iam", body)));
    }

    [Theory]
    [InlineData("""<!DOCTYPE d [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>""")]
    [InlineData("""<!DOCTYPE d SYSTEM "file:///etc/passwd"><Delete/>""")]
    [InlineData("""<?xml version="1.0" encoding="no-such"?><Delete/>""")]
    [InlineData("""<Tagging><Object><Key>a</Key></Object></Tagging>""")]
    [InlineData("""<Delete><Object><Key>a</Key></Object></Delete><Delete/>""")]
    public void Xml_that_S3_refuses_is_MalformedXML(string body)
    {
        var exception = Assert.Throws<WireFormatException>(() => Read("s3", Reader("s3", Encoding.UTF8.GetBytes(body))));
        var error = WireProtocols.Find(WireProtocol.RestXml)!.Describe(S3Operations.DeleteObjects.Schema, exception);
        Assert.Equal(
            ("MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema"),
            (error.Code.Name, error.Code.Status, error.Message));
    }

    [Theory]
    [InlineData("""{"FunctionName":"a"} {"FunctionName":"b"}""")]
    [InlineData("""{"FunctionName":"a"}x""")]
    [InlineData("""{"FunctionName":"a",}""")]
    [InlineData("""{'FunctionName':'a'}""")]
    [InlineData("""{"FunctionName":"\ud800"}""")]
    [InlineData("""{"Code":{"ZipFile":"not base64!"}}""")]
    [InlineData("""{"Timeout":1e99}""")]
    [InlineData("""{"Layers":{}}""")]
    [InlineData("""{"Code":[]}""")]
    [InlineData("""[]""")]
    [InlineData("""null""")]
    public void Json_that_is_no_request_is_refused(string body) =>
        Assert.Throws<WireFormatException>(() => Read("lambda", Reader("lambda", Encoding.UTF8.GetBytes(body))));

    [Fact]
    public void The_last_of_two_equal_members_wins_and_nulls_and_strangers_are_passed_over()
    {
        var shape = CreateFunctionRequest.Read(Reader(
            "lambda", Encoding.UTF8.GetBytes("""{"Handler":"a","Nobody":[{"x":[null]}],"Handler":"b","Timeout":null}""")));
        Assert.Equal(("b", null), (shape.Handler, shape.Timeout));
    }

    private static bool ReadOrRefuse(string api, byte[] body)
    {
        try
        {
            Read(api, Reader(api, body));
        }
        catch (WireFormatException)
        {
            // One of the three good ends.
        }

        return true;
    }

    private static string Valid(string api) => api switch
    {
        "lambda" => CreateFunction,
        "logs" => PutLogEvents,
        "iam" => CreateRole,
        _ => DeleteObjects.TrimStart(),
    };

    private static OperationSchema Operation(string api) => api switch
    {
        "lambda" => LambdaOperations.CreateFunction.Schema,
        "logs" => LogsOperations.PutLogEvents.Schema,
        "iam" => IamOperations.CreateRole.Schema,
        _ => S3Operations.DeleteObjects.Schema,
    };

    private static Shape Read(string api, ShapeReader reader) => api switch
    {
        "lambda" => CreateFunctionRequest.Read(reader),
        "logs" => PutLogEventsRequest.Read(reader),
        "iam" => CreateRoleRequest.Read(reader),
        _ => DeleteObjectsRequest.Read(reader),
    };

    private static ShapeReader Reader(string api, byte[] body)
    {
        var operation = Operation(api);
        return WireProtocols.Find(operation.Api.Protocols[0])!.CreateReader(operation, new WireRequest
        {
            Method = operation.Method,
            RawPath = "/",
            Headers = new HeaderDictionary(),
            Labels = new Dictionary<string, string> { ["Bucket"] = "bucket" },
            Body = body,
            NewToken = () => "token",
        });
    }
}
