using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class PermissionTests
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:f";

    [Fact]
    public async Task Permissions_make_AWSs_policy_and_open_the_function_to_a_service()
    {
        await using var region = await LambdaRegion.StartAsync();
        await region.CreateAsync("f");
        var s3 = Principal.Service("s3.amazonaws.com", "000000000000", "arn:aws:s3:::photos");
        var probe = new InvokeRequest { FunctionName = Arn, InvocationType = "DryRun" };
        Assert.Equal("AccessDeniedException", (await LambdaRegion.ErrorOfAsync(region.SendAsync(probe, s3))).Code);
        Assert.Equal(("ResourceNotFoundException", "The resource you requested does not exist."), await LambdaRegion.ErrorOfAsync(region.SendAsync(new GetPolicyRequest { FunctionName = "f" })));
        var added = await region.SendAsync(new AddPermissionRequest
        {
            FunctionName = "f",
            StatementId = "s3",
            Action = "lambda:InvokeFunction",
            Principal = "s3.amazonaws.com",
            SourceArn = "arn:aws:s3:::photo*",
            SourceAccount = "000000000000",
        });
        const string Statement =
            """{"Sid":"s3","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Condition":{"StringEquals":{"AWS:SourceAccount":"000000000000"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::photo*"}}}""";
        Assert.Equal(Statement, added.Statement);
        Assert.Equal(
            $$"""{"Version":"2012-10-17","Id":"default","Statement":[{{Statement}}]}""",
            (await region.SendAsync(new GetPolicyRequest { FunctionName = "f" })).Policy);
        Assert.Equal(204, (await region.SendAsync(probe, s3)).StatusCode);
        Assert.Equal("AccessDeniedException", (await LambdaRegion.ErrorOfAsync(region.SendAsync(probe, Principal.Service("s3.amazonaws.com", "000000000000", "arn:aws:s3:::other")))).Code);
        Assert.Equal("AccessDeniedException", (await LambdaRegion.ErrorOfAsync(region.SendAsync(probe, Principal.Service("sns.amazonaws.com", "000000000000", "arn:aws:s3:::photos")))).Code);
        Assert.Equal("AccessDeniedException", (await LambdaRegion.ErrorOfAsync(region.SendAsync(probe, Principal.Root("111111111111")))).Code);
        Assert.Equal(
            "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new AddPermissionRequest { FunctionName = "f", StatementId = "s3", Action = "lambda:*", Principal = "*" }))).Message);
        Assert.Equal(
            "Statement x is not found in resource policy.",
            (await LambdaRegion.ErrorOfAsync(region.SendAsync(new RemovePermissionRequest { FunctionName = "f", StatementId = "x" }))).Message);
        await region.SendAsync(new RemovePermissionRequest { FunctionName = "f", StatementId = "s3" });
        Assert.Equal("AccessDeniedException", (await LambdaRegion.ErrorOfAsync(region.SendAsync(probe, s3))).Code);
    }
}
