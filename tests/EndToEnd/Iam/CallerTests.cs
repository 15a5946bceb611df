using Amazon.SecurityToken.Model;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Iam;

public class CallerTests(SharedRegion region) : ClientTest(region)
{
    [Fact]
    public async Task Every_client_is_told_the_account_of_its_key()
    {
        Assert.Equal(Account, (await AwsAsync("sts", "get-caller-identity"))["Account"]!.GetValue<string>());
        var program = await AwsCli.StartAsync(Endpoint, Shared.Home, Me, ["sts", "get-caller-identity", "--query", "Account", "--output", "text"], Cancel);
        Assert.Equal((0, Account), (program.ExitCode, program.Output.Trim()));
        Assert.Equal(Account, (await BotoAsync("sts", "get_caller_identity"))["Account"]!.GetValue<string>());
        Assert.Equal($"arn:aws:iam::{Account}:root", (await NodeAsync("sts", "GetCallerIdentity"))["Arn"]!.GetValue<string>());
        using var sts = StsClient();
        Assert.Equal(Account, (await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Cancel)).Account);
    }
}
