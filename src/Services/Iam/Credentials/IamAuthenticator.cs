using Fogbank.Kernel;
using Fogbank.Services.Iam.Store;

namespace Fogbank.Services.Iam.Credentials;

/// <summary>Knows the keys that this region issued: long-term ones from the store, temporary ones from their own session token.</summary>
internal sealed class IamAuthenticator(IamStore store, IamSecrets secrets, SessionTokens tokens) : IAuthenticator
{
    public async ValueTask<IssuedKey?> FindAsync(string accessKeyId, string? sessionToken, CancellationToken cancellationToken)
    {
        if (sessionToken is not null)
        {
            return tokens.Open(accessKeyId, sessionToken) is { } session
                ? new(session.ToPrincipal(), session.SecretAccessKey, session.ExpiresAt, IsActive: true)
                : null;
        }

        // Only what has the form of a long-term key can be one; "test" and account ids cost no look-up.
        if (!accessKeyId.StartsWith("AKIA", StringComparison.Ordinal)
            || await store.FindAccessKeyAsync(accessKeyId, cancellationToken) is not { } key)
        {
            return null;
        }

        var user = (await store.Database.GetAsync(IamTables.Users, IamStore.Key(key.AccountId, key.UserName), cancellationToken)).Value;
        if (user is null)
        {
            return null;
        }

        var principal = new Principal { Kind = PrincipalKind.User, AccountId = user.AccountId, Arn = user.Arn, UserId = user.Id };
        return new(principal, secrets.Open(key.SealedSecret), ExpiresAt: null, key.IsActive);
    }
}
