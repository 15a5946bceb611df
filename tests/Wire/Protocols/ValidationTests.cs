using System.Text;
using Fogbank.Contracts;
using Fogbank.Contracts.Ecr;
using Fogbank.Contracts.Iam;
using Fogbank.Contracts.Lambda;
using Fogbank.Contracts.Logs;
using Fogbank.Contracts.Sts;
using Fogbank.Wire.Protocols;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>Validation errors in the words recorded from AWS.</summary>
public class ValidationTests
{
    private const string Role = "arn:aws:iam::111111111111:role/r";

    [Theory]
    [InlineData(
        """{"FunctionName":"f","Role":"arn:aws:iam::111111111111:role/r","Code":{},"Architectures":["X86_64"]}""",
        "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]")]
    [InlineData(
        """{"FunctionName":"f","Role":"arn:aws:iam::111111111111:role/r","Code":{},"Architectures":["x86_64","arm64"]}""",
        "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1")]
    [InlineData(
        """{"FunctionName":"f","Role":"r1","Code":{}}""",
        @"Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")]
    [InlineData(
        """{"FunctionName":"f","Role":"arn:aws:iam::111111111111:role/r","Code":{},"SnapStart":{"ApplyOn":"invalidOption"}}""",
        "Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy constraint: Member must satisfy enum value set: [PublishedVersions, None]")]
    [InlineData(
        """{"FunctionName":"f","Role":"arn:aws:iam::111111111111:role/r","Code":{},"VpcConfig":{"SecurityGroupIds":["x"]}}""",
        "Value '[x]' at 'vpcConfig.securityGroupIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must satisfy regular expression pattern: sg-[0-9a-zA-Z]*]")]
    [InlineData(
        """{"FunctionName":"f","Code":{}}""",
        "Value null at 'role' failed to satisfy constraint: Member must not be null")]
    public void Lambda_says_what_AWS_says(string body, string message)
    {
        var error = Check<CreateFunctionRequest>(LambdaOperations.CreateFunction.Schema, body);
        Assert.Equal(("ValidationException", 400), (error.Code.Name, error.Code.Status));
        Assert.Equal($"1 validation error detected: {message}", error.Message);
    }

    [Theory]
    [InlineData("{\"$LATEST\":0.5}", "{$LATEST=0.5}", "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]")]
    [InlineData("{\"2\":-1}", "{2=-1.0}", "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]")]
    public void Maps_are_reported_whole(string weights, string printed, string demand)
    {
        var error = Check<CreateAliasRequest>(
            LambdaOperations.CreateAlias.Schema,
            $$$"""{"Name":"a","FunctionVersion":"1","RoutingConfig":{"AdditionalVersionWeights":{{{weights}}}}}""",
            ("FunctionName", "f"));
        Assert.Equal(
            $"1 validation error detected: Value '{printed}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: {demand}",
            error.Message);
    }

    [Fact]
    public void Several_violations_stand_in_one_message()
    {
        var error = Check<CreateFunctionRequest>(
            LambdaOperations.CreateFunction.Schema, $$"""{"Role":"{{Role}}","Timeout":0}""");
        Assert.Equal(
            "3 validation errors detected: "
            + "Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1; "
            + "Value null at 'functionName' failed to satisfy constraint: Member must not be null; "
            + "Value null at 'code' failed to satisfy constraint: Member must not be null",
            error.Message);
    }

    [Theory]
    [InlineData("""{"repositoryName":"Bad_Name!"}""", @"'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*''")]
    [InlineData("""{"imageTagMutability":"SOMETIMES"}""", "'imageTagMutability' failed to satisfy constraint: 'Member must satisfy enum value set: [MUTABLE, IMMUTABLE, IMMUTABLE_WITH_EXCLUSION, MUTABLE_WITH_EXCLUSION]'")]
    [InlineData("{}", "'repositoryName' failed to satisfy constraint: 'must not be null'")]
    public void The_registry_names_one_fault_in_its_own_form(string body, string message)
    {
        var error = Check<CreateRepositoryRequest>(EcrOperations.CreateRepository.Schema, body);
        Assert.Equal(("InvalidParameterException", 400), (error.Code.Name, error.Code.Status));
        Assert.Equal($"Invalid parameter at {message}", error.Message);
    }

    [Fact]
    public void A_runtime_is_left_to_the_service()
    {
        var reader = Reader(
            LambdaOperations.CreateFunction.Schema, $$"""{"FunctionName":"f","Role":"{{Role}}","Code":{},"Runtime":"cobol85"}""");
        Assert.Equal("cobol85", CreateFunctionRequest.Read(reader).Runtime);
        Assert.Empty(reader.Violations);
    }

    [Fact]
    public void Logs_has_a_code_of_its_own()
    {
        var error = Check<GetLogEventsRequest>(
            LogsOperations.GetLogEvents.Schema, """{"logGroupName":"g","logStreamName":"s","limit":10001}""");
        Assert.Equal("InvalidParameterException", error.Code.Name);
        Assert.Equal(
            "1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 10000",
            error.Message);
    }

    [Fact]
    public void A_log_group_name_that_is_too_long_has_words_of_its_own()
    {
        var error = Check<CreateLogGroupRequest>(
            LogsOperations.CreateLogGroup.Schema, $$"""{"logGroupName":"{{new string('g', 513)}}"}""");
        Assert.Equal("Invalid LogGroup or LogStream, both must have length less than or equal to 512.", error.Message);
    }

    [Fact]
    public void Sts_says_ValidationError()
    {
        var error = Check<AssumeRoleRequest>(
            StsOperations.AssumeRole.Schema, $"RoleArn={Role}&RoleSessionName=Session1:2");
        Assert.Equal("ValidationError", error.Code.XmlCode);
        Assert.Equal(
            @"1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*",
            error.Message);
    }

    [Fact]
    public void Iam_does_not_repeat_values()
    {
        var error = Check<UpdateServiceSpecificCredentialRequest>(
            IamOperations.UpdateServiceSpecificCredential.Schema, "ServiceSpecificCredentialId=ABCDEFGHIJKLMNOPQRSTU&Status=BROKEN");
        Assert.Equal(
            "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set", error.Message);
    }

    [Theory]
    [InlineData("""{"FunctionName":true}""", "class java.lang.Boolean can not be converted to an String")]
    [InlineData("""{"FunctionName":1}""", "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String")]
    [InlineData("""{"Timeout":"x"}""", "class java.lang.String can not be converted to an Integer")]
    public void Wrong_types_are_serialization_errors(string body, string message)
    {
        var operation = LambdaOperations.CreateFunction.Schema;
        var exception = Assert.Throws<WireFormatException>(() => CreateFunctionRequest.Read(Reader(operation, body)));
        var error = WireProtocols.Find(WireProtocol.RestJson)!.Describe(operation, exception);
        Assert.Equal(("SerializationException", 400, message), (error.Code.Name, error.Code.Status, error.Message));
    }

    private static WireError Check<T>(OperationSchema operation, string body, params (string, string)[] labels)
        where T : Shape, IShape<T>
    {
        var reader = Reader(operation, body, labels);
        T.Read(reader);
        Assert.NotEmpty(reader.Violations);
        return WireProtocols.Find(operation.Api.Protocols[0])!.Describe(operation, reader.Violations);
    }

    private static ShapeReader Reader(OperationSchema operation, string body, params (string Name, string Value)[] labels) =>
        WireProtocols.Find(operation.Api.Protocols[0])!.CreateReader(operation, new WireRequest
        {
            Method = operation.Method,
            RawPath = "/",
            Headers = new HeaderDictionary(),
            Labels = labels.ToDictionary(label => label.Name, label => label.Value),
            Body = Encoding.UTF8.GetBytes(body),
            NewToken = () => "token",
        });
}
