using System.Text.Json.Nodes;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Iam;

public class RoleTests(SharedRegion region) : ClientTest(region)
{
    private const string LambdaTrust =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}""";

    private const string Policy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""";

    private string AccountTrust =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{Account}}:root"},"Action":"sts:AssumeRole"}]}""";

    [Fact]
    public async Task Cli_keeps_roles_with_their_policies()
    {
        var created = (await AwsAsync(
            "iam", "create-role", "--role-name", "worker", "--path", "/team/", "--assume-role-policy-document", LambdaTrust, "--description", "works"))["Role"]!;
        Assert.Equal($"arn:aws:iam::{Account}:role/team/worker", created["Arn"]!.GetValue<string>());
        Assert.Matches("^AROA[A-Z0-9]{17}$", created["RoleId"]!.GetValue<string>());
        await AwsAsync("iam", "put-role-policy", "--role-name", "worker", "--policy-name", "inline", "--policy-document", Policy);
        await AwsAsync("iam", "attach-role-policy", "--role-name", "worker", "--policy-arn", "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole");

        var role = (await BotoAsync("iam", "get_role", new { RoleName = "worker" }))["Role"]!;
        Assert.Equal("works", role["Description"]!.GetValue<string>());
        AssertJson(LambdaTrust, role["AssumeRolePolicyDocument"]!);
        AssertJson(Policy, (await BotoAsync("iam", "get_role_policy", new { RoleName = "worker", PolicyName = "inline" }))["PolicyDocument"]!);
        Assert.Equal("AWSLambdaBasicExecutionRole", (await BotoAsync(
            "iam", "list_attached_role_policies", new { RoleName = "worker" }))["AttachedPolicies"]![0]!["PolicyName"]!.GetValue<string>());
        Assert.Equal(
            "An error occurred (DeleteConflict) when calling the DeleteRole operation: Cannot delete entity, must detach all policies first.",
            await AwsFailsAsync("iam", "delete-role", "--role-name", "worker"));
        await BotoAsync("iam", "detach_role_policy", new { RoleName = "worker", PolicyArn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole" });
        Assert.Equal("Cannot delete entity, must delete policies first.", (await BotoFailsAsync("iam", "delete_role", new { RoleName = "worker" })).Text);
        await BotoAsync("iam", "delete_role_policy", new { RoleName = "worker", PolicyName = "inline" });
        await BotoAsync("iam", "delete_role", new { RoleName = "worker" });
        Assert.Empty((await BotoAsync("iam", "list_roles"))["Roles"]!.AsArray());
    }

    [Fact]
    public async Task Errors_have_the_words_of_iam()
    {
        var missing = await NodeFailsAsync("iam", "GetRole", new { RoleName = "none" });
        Assert.Equal(("NoSuchEntity", "The role with name none cannot be found.", 404), (missing.Code.Replace("Exception", "", StringComparison.Ordinal), missing.Text, missing.Status));
        await BotoAsync("iam", "create_role", new { RoleName = "twin", AssumeRolePolicyDocument = LambdaTrust });
        var twice = await BotoFailsAsync("iam", "create_role", new { RoleName = "Twin", AssumeRolePolicyDocument = LambdaTrust });
        Assert.Equal(("EntityAlreadyExists", "Role with name Twin already exists.", 409), (twice.Code, twice.Text, twice.Status));
        Assert.Equal("MalformedPolicyDocument", (await BotoFailsAsync("iam", "create_role", new { RoleName = "bad", AssumeRolePolicyDocument = "{" })).Code);
        Assert.Equal(
            $"An error occurred (NoSuchEntity) when calling the AttachRolePolicy operation: Policy arn:aws:iam::{Account}:policy/none does not exist or is not attachable.",
            await AwsFailsAsync("iam", "attach-role-policy", "--role-name", "twin", "--policy-arn", $"arn:aws:iam::{Account}:policy/none"));
        var invalid = await BotoFailsAsync("iam", "create_role", new { RoleName = "a b", AssumeRolePolicyDocument = LambdaTrust });
        Assert.Equal(("ValidationError", 400), (invalid.Code, invalid.Status));
    }

    [Fact]
    public async Task Lists_page_in_every_client()
    {
        foreach (var name in new[] { "r1", "r2", "r3", "r4", "r5" })
        {
            await BotoAsync("iam", "create_role", new { RoleName = name, AssumeRolePolicyDocument = LambdaTrust });
        }

        var boto = (await BotoAsync("iam", "page:list_roles", new { PaginationConfig = new { PageSize = 2 } })).AsArray();
        Assert.Equal(3, boto.Count);
        Assert.Equal(["r1", "r2", "r3", "r4", "r5"], boto.SelectMany(page => page!["Roles"]!.AsArray()).Select(role => role!["RoleName"]!.GetValue<string>()));
        var node = (await NodeAsync("iam", "page:ListRoles", new { MaxItems = 3 })).AsArray();
        Assert.Equal([3, 2], node.Select(page => page!["Roles"]!.AsArray().Count));
        var cli = await AwsAsync("iam", "list-roles", "--page-size", "4", "--query", "Roles[].RoleName");
        Assert.Equal(5, cli.AsArray().Count);
    }

    [Fact]
    public async Task Session_of_a_role_is_that_role_in_every_client()
    {
        var arn = (await BotoAsync("iam", "create_role", new { RoleName = "actor", AssumeRolePolicyDocument = AccountTrust }))["Role"]!["Arn"]!.GetValue<string>();
        var wanted = $"arn:aws:sts::{Account}:assumed-role/actor/play";
        var assumed = await AwsAsync("sts", "assume-role", "--role-arn", arn, "--role-session-name", "play", "--duration-seconds", "900");
        Assert.Equal(wanted, assumed["AssumedRoleUser"]!["Arn"]!.GetValue<string>());
        var keys = assumed["Credentials"]!;
        Assert.StartsWith("ASIA", keys["AccessKeyId"]!.GetValue<string>(), StringComparison.Ordinal);
        var session = new Identity(keys["AccessKeyId"]!.GetValue<string>(), keys["SecretAccessKey"]!.GetValue<string>(), keys["SessionToken"]!.GetValue<string>());
        var cli = await RunAwsAsync(session, ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]);
        Assert.Equal((0, wanted), (cli.ExitCode, cli.Output.Trim()));
        Assert.Equal(wanted, (await BotoAsync("sts", "get_caller_identity", identity: session))["Arn"]!.GetValue<string>());
        Assert.Equal(wanted, (await NodeAsync("sts", "GetCallerIdentity", identity: session))["Arn"]!.GetValue<string>());
        using var client = StsClient(session);
        var me = await client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Cancel);
        Assert.Equal((wanted, Account), (me.Arn, me.Account));
        await BotoAsync("s3", "create_bucket", new { Bucket = $"session-{Account}" }, session);
        Assert.Equal($"session-{Account}", (await BotoAsync("s3", "list_buckets"))["Buckets"]![0]!["Name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Dotnet_sdk_assumes_a_role_and_is_told_what_it_may_not()
    {
        var arn = (await NodeAsync("iam", "CreateRole", new { RoleName = "net", AssumeRolePolicyDocument = AccountTrust }))["Role"]!["Arn"]!.GetValue<string>();
        using var sts = StsClient();
        var answer = await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = arn, RoleSessionName = "session", DurationSeconds = 3600 }, Cancel);
        Assert.InRange(answer.Credentials.Expiration!.Value.ToUniversalTime(), DateTime.UtcNow.AddMinutes(58), DateTime.UtcNow.AddMinutes(61));
        var denied = await Assert.ThrowsAsync<AmazonSecurityTokenServiceException>(() => sts.AssumeRoleAsync(
            new AssumeRoleRequest { RoleArn = $"arn:aws:iam::{Account}:role/none", RoleSessionName = "session" }, Cancel));
        Assert.Equal("AccessDenied", denied.ErrorCode);
        Assert.Contains("is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::", denied.Message, StringComparison.Ordinal);
        var tooShort = await NodeFailsAsync("sts", "AssumeRole", new { RoleArn = arn, RoleSessionName = "session", DurationSeconds = 899 });
        Assert.Equal("ValidationError", tooShort.Code);
    }

    private static void AssertJson(string wanted, JsonNode found) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(wanted), found), $"wanted {wanted}\nfound {found.ToJsonString()}");
}
