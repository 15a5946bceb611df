using System.Security.Cryptography;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Kernel.Signing;

namespace Fogbank.Services.S3.Forms;

/// <summary>Who signed an upload form's policy. Both of S3's signatures, since SDKs still make the older one in us-east-1.</summary>
internal sealed class FormCredentials(IServiceProvider services, RegionOptions region)
{
    private const string WellKnownSecret = "test";

    private readonly IAuthenticator? _keys = (IAuthenticator?)services.GetService(typeof(IAuthenticator));

    /// <summary>Verifies the form's signature; throws S3's errors where it is incomplete or wrong.</summary>
    public async ValueTask<Principal> VerifyAsync(FormFields form, string policy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (form["awsaccesskeyid"] is { } oldKey)
        {
            var (secret, principal) = await FindAsync(oldKey, form, now, cancellationToken);
            return MatchesOld(policy, secret, form.Require("Signature")) ? principal : throw S3Errors.SignatureMismatch(oldKey);
        }

        if (form.Require("X-Amz-Algorithm") != "AWS4-HMAC-SHA256")
        {
            throw S3Errors.InvalidArgument("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"", "X-Amz-Algorithm", form["x-amz-algorithm"]!);
        }

        var signature = form.Require("X-Amz-Signature");
        if (!CredentialScope.TryParseCredential(form.Require("X-Amz-Credential"), out var key, out var scope))
        {
            throw S3Errors.InvalidArgument(
                "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed", "X-Amz-Credential", form["x-amz-credential"]!);
        }

        if (!form.Require("X-Amz-Date").StartsWith(scope.Date, StringComparison.Ordinal))
        {
            throw S3Errors.SignatureMismatch(key);
        }

        var found = await FindAsync(key, form, now, cancellationToken);
        return PostPolicySignature.Verify(policy, scope, found.Secret, signature) ? found.Principal : throw S3Errors.SignatureMismatch(key);
    }

    /// <summary>
    /// A form is a lock that a user puts on his bucket, so it holds in every mode: a key must be one that was issued here, or one of those whose
    /// secret everybody knows.
    /// </summary>
    private async ValueTask<(string Secret, Principal Principal)> FindAsync(
        string key, FormFields form, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var issued = _keys is null ? null : await _keys.FindAsync(key, form["x-amz-security-token"], cancellationToken);
        if (issued is not null)
        {
            return issued.ExpiresAt <= now ? throw S3Errors.ExpiredToken()
                : issued.IsActive ? (issued.SecretAccessKey, issued.Principal)
                : throw S3Errors.InvalidAccessKey(key);
        }

        var isAccount = key.Length == 12 && key.All(char.IsAsciiDigit);
        return isAccount || key == WellKnownSecret
            ? (WellKnownSecret, Principal.Root(isAccount ? key : region.DefaultAccountId))
            : throw S3Errors.InvalidAccessKey(key);
    }

    private static bool MatchesOld(string policy, string secret, string signature)
    {
#pragma warning disable CA5350 // AWS's first signature is HMAC-SHA1 by its definition.
        var computed = HMACSHA1.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(policy));
#pragma warning restore CA5350
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Convert.ToBase64String(computed)), Encoding.UTF8.GetBytes(signature));
    }
}
