using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Iam;

public class UserTests(SharedRegion region) : ClientTest(region)
{
    [Fact]
    public async Task Access_key_of_a_user_is_that_user()
    {
        await AwsAsync("iam", "create-user", "--user-name", "ada", "--tags", "Key=team,Value=blue");
        var key = (await BotoAsync("iam", "create_access_key", new { UserName = "ada" }))["AccessKey"]!;
        Assert.Matches("^AKIA[A-Z2-7]{16}$", key["AccessKeyId"]!.GetValue<string>());
        var ada = new Identity(key["AccessKeyId"]!.GetValue<string>(), key["SecretAccessKey"]!.GetValue<string>());
        Assert.Equal($"arn:aws:iam::{Account}:user/ada", (await BotoAsync("sts", "get_caller_identity", identity: ada))["Arn"]!.GetValue<string>());
        Assert.Equal("ada", (await NodeAsync("iam", "GetUser", identity: ada))["User"]!["UserName"]!.GetValue<string>());
        Assert.Equal("blue", (await BotoAsync("iam", "list_user_tags", new { UserName = "ada" }))["Tags"]![0]!["Value"]!.GetValue<string>());
        await BotoAsync("iam", "create_access_key", new { UserName = "ada" });
        Assert.Equal("LimitExceeded", (await BotoFailsAsync("iam", "create_access_key", new { UserName = "ada" })).Code);
        await BotoAsync("iam", "update_access_key", new { UserName = "ada", AccessKeyId = ada.Key, Status = "Inactive" });
        Assert.Equal("Inactive", (await BotoAsync("iam", "list_access_keys", new { UserName = "ada" }))["AccessKeyMetadata"]!.AsArray()
            .Single(item => item!["AccessKeyId"]!.GetValue<string>() == ada.Key)!["Status"]!.GetValue<string>());
        Assert.Equal("DeleteConflict", (await BotoFailsAsync("iam", "delete_user", new { UserName = "ada" })).Code);
    }

    [Fact]
    public async Task Managed_policies_have_versions_and_know_who_has_them()
    {
        const string Allow = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}""";
        var policy = (await NodeAsync("iam", "CreatePolicy", new { PolicyName = "p", PolicyDocument = Allow }))["Policy"]!;
        var arn = policy["Arn"]!.GetValue<string>();
        Assert.Equal(($"arn:aws:iam::{Account}:policy/p", "v1", 0), (arn, policy["DefaultVersionId"]!.GetValue<string>(), policy["AttachmentCount"]!.GetValue<int>()));
        await BotoAsync("iam", "create_policy_version", new { PolicyArn = arn, PolicyDocument = Allow, SetAsDefault = true });
        await BotoAsync("iam", "create_user", new { UserName = "u" });
        await BotoAsync("iam", "attach_user_policy", new { UserName = "u", PolicyArn = arn });
        var seen = (await BotoAsync("iam", "get_policy", new { PolicyArn = arn }))["Policy"]!;
        Assert.Equal(("v2", 1), (seen["DefaultVersionId"]!.GetValue<string>(), seen["AttachmentCount"]!.GetValue<int>()));
        Assert.Equal("DeleteConflict", (await BotoFailsAsync("iam", "delete_policy", new { PolicyArn = arn })).Code);
        await BotoAsync("iam", "detach_user_policy", new { UserName = "u", PolicyArn = arn });
        await BotoAsync("iam", "delete_policy_version", new { PolicyArn = arn, VersionId = "v1" });
        await BotoAsync("iam", "delete_policy", new { PolicyArn = arn });
        Assert.Equal("NoSuchEntity", (await BotoFailsAsync("iam", "get_policy", new { PolicyArn = arn })).Code);
    }
}
