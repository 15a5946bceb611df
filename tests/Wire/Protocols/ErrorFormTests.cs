using System.Text;
using System.Text.Json;
using Fogbank.Contracts;
using Fogbank.Contracts.Ec2;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.Logs;
using Fogbank.Contracts.S3;
using Fogbank.Wire.Protocols;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Errors as each protocol, and each service in it, sends them.</summary>
public class ErrorFormTests
{
    [Theory]
    [InlineData("ResourceNotFoundException", 404, false, """{"Type":"User","Message":"no"}""")]
    [InlineData("ResourceConflictException", 409, false, """{"Type":"User","message":"no"}""")]
    [InlineData("ServiceException", 500, true, """{"Type":"Service","Message":"no"}""")]
    public async Task Lambda_errors_carry_their_type(string code, int status, bool isServerFault, string body)
    {
        using var response = await WriteAsync(LambdaApi.Instance, new WireError(new ErrorCode(code, status, isServerFault), "no"));
        Assert.Equal((status, code, body), (response.Status, response.Headers["x-amzn-ErrorType"].ToString(), response.Text));
        Assert.Equal(response.RequestId, response.Headers["x-amzn-RequestId"].ToString());
    }

    [Fact]
    public async Task Errors_of_the_framework_are_plain_in_lambda_too()
    {
        using var response = await WriteAsync(
            LambdaApi.Instance, new WireError(new ErrorCode("ValidationException", 400), "1 validation …") { IsModelled = false });
        Assert.Equal("""{"message":"1 validation …"}""", response.Text);
    }

    [Fact]
    public async Task Lambda_throttling_tells_why_and_when_to_come_back()
    {
        using var response = await WriteAsync(LambdaApi.Instance, new WireError(new ErrorCode("TooManyRequestsException", 429), "Rate Exceeded.")
        {
            Members = [new("Reason", "ReservedFunctionConcurrentInvocationLimitExceeded")],
            Headers = [new("Retry-After", "1")],
        });
        var body = JsonElement.Parse(response.Text);
        Assert.Equal("ReservedFunctionConcurrentInvocationLimitExceeded", body.GetProperty("Reason").GetString());
        Assert.Equal("Rate Exceeded.", body.GetProperty("message").GetString());
        Assert.Equal("1", response.Headers.RetryAfter.ToString());
    }

    [Fact]
    public async Task Json_errors_name_their_type_in_the_body()
    {
        using var response = await WriteAsync(LogsApi.Instance, new WireError(new ErrorCode("ResourceNotFoundException", 400), "no"));
        Assert.Equal("""{"__type":"ResourceNotFoundException","message":"no"}""", response.Text);
        Assert.Equal("application/x-amz-json-1.1", response.Headers.ContentType.ToString());
    }

    [Fact]
    public async Task Query_errors_use_the_code_of_the_xml_protocols()
    {
        using var response = await WriteAsync(IamApi.Instance, new WireError(IamErrorCodes.NoSuchEntityException, "<no> & never"));
        Assert.Equal(404, response.Status);
        Assert.Equal(
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>"
            + "<Message>&lt;no&gt; &amp; never</Message></Error><RequestId>11111111-2222-4333-8444-555555555555</RequestId></ErrorResponse>",
            response.Text);
    }

    [Fact]
    public async Task Ec2_errors_have_a_form_of_their_own()
    {
        using var response = await WriteAsync(Ec2Api.Instance, new WireError(Ec2ErrorCodes.InvalidSubnetIdNotFound, "The subnet ID 'subnet-1' does not exist"));
        Assert.Equal(400, response.Status);
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>InvalidSubnetID.NotFound</Code>"
            + "<Message>The subnet ID 'subnet-1' does not exist</Message></Error></Errors><RequestID>11111111-2222-4333-8444-555555555555</RequestID></Response>",
            response.Text);
    }

    [Theory]
    [InlineData("Action=DescribeVpcs&VpcIdd.1=vpc-1", "UnknownParameter", "The parameter VpcIdd is not recognized")]
    [InlineData("Action=CreateNetworkInterface", "MissingParameter", "The request must contain the parameter subnetId")]
    public void Ec2_refuses_parameters_that_it_does_not_know_or_misses(string form, string code, string message)
    {
        var operation = Ec2Api.Instance.FindOperation(form.Split('&')[0]["Action=".Length..])!;
        var protocol = WireProtocols.Find(WireProtocol.Ec2)!;
        var request = new WireRequest
        {
            Method = "POST",
            RawPath = "/",
            Headers = new HeaderDictionary(),
            Body = Encoding.UTF8.GetBytes(form),
            NewToken = () => "token",
        };
        WireError error;
        try
        {
            var reader = protocol.CreateReader(operation, request);
            _ = operation.Name == "DescribeVpcs" ? (Shape)DescribeVpcsRequest.Read(reader) : CreateNetworkInterfaceRequest.Read(reader);
            error = protocol.Describe(operation, reader.Violations);
        }
        catch (WireFormatException exception)
        {
            error = protocol.Describe(operation, exception);
        }

        Assert.Equal((code, message), (error.Code.Name, error.Message));
    }

    [Fact]
    public async Task S3_errors_name_the_resource_and_the_host()
    {
        using var response = await WriteAsync(S3Api.Instance, new WireError(new ErrorCode("NoSuchKey", 404), "The specified key does not exist.")
        {
            Members = [new("Key", "a\tb")],
            Resource = "/b/a",
        });
        Assert.Equal(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message>"
            + "<Key>a\tb</Key><Resource>/b/a</Resource><RequestId>11111111-2222-4333-8444-555555555555</RequestId><HostId>hostid</HostId></Error>",
            response.Text);
        Assert.Equal("hostid", response.Headers["x-amz-id-2"].ToString());
        Assert.Equal("application/xml", response.Headers.ContentType.ToString());
    }

    [Fact]
    public async Task An_answer_to_HEAD_has_no_body()
    {
        using var response = new RecordedResponse { IsBodyless = true };
        await WireProtocols.Find(WireProtocol.RestXml)!.WriteErrorAsync(
            S3Api.Instance, new WireError(new ErrorCode("NoSuchKey", 404), "no"), response, TestContext.Current.CancellationToken);
        Assert.Equal((404, 0), (response.Status, response.Bytes.Length));
    }

    [Fact]
    public async Task A_header_cannot_be_ended_from_within()
    {
        using var response = await WriteAsync(S3Api.Instance, new WireError(new ErrorCode("NoSuchKey", 404), "no")
        {
            Headers = [new("x-amz-bucket-region", "a\r\nSet-Cookie: b")],
        });
        Assert.Equal("a  Set-Cookie: b", response.Headers["x-amz-bucket-region"].ToString());
    }

    private static async Task<RecordedResponse> WriteAsync(Api api, WireError error)
    {
        var response = new RecordedResponse();
        await WireProtocols.Find(api.Protocols[0])!.WriteErrorAsync(api, error, response, TestContext.Current.CancellationToken);
        return response;
    }
}
