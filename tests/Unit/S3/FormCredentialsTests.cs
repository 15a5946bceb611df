using System.Security.Cryptography;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Services.S3.Forms;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fogbank.Tests.Unit.S3;

public sealed class FormCredentialsTests
{
    [Theory]
    [InlineData("test", "111122223333")]
    [InlineData("444455556666", "444455556666")]
    public async Task A_well_known_key_is_root_of_the_account_it_names_or_of_the_regions_own(string key, string account)
    {
        const string Policy = "e30=";
#pragma warning disable CA5350 // AWS's first signature is HMAC-SHA1 by its definition.
        var signature = Convert.ToBase64String(HMACSHA1.HashData("test"u8, Encoding.UTF8.GetBytes(Policy)));
#pragma warning restore CA5350
        var body = new StringBuilder();
        foreach (var (name, value) in new[] { ("AWSAccessKeyId", key), ("Signature", signature), ("file", "x") })
        {
            body.Append("--b\r\nContent-Disposition: form-data; name=\"").Append(name).Append("\"\r\n\r\n").Append(value).Append("\r\n");
        }

        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(body.Append("--b--\r\n").ToString()));
        var cancellationToken = TestContext.Current.CancellationToken;
        var form = await FormFields.ReadAsync("multipart/form-data; boundary=b", stream, cancellationToken);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var region = new RegionOptions { DataDirectory = "/", RegionKey = new byte[32], DefaultAccountId = "111122223333" };
        var principal = await new FormCredentials(services, region).VerifyAsync(form, Policy, DateTimeOffset.UnixEpoch, cancellationToken);
        Assert.Equal(account, principal.AccountId);
    }
}
