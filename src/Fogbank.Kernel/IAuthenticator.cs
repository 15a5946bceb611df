namespace Fogbank.Kernel;

/// <summary>Who an access key belongs to. Implemented by IAM; what it does not know, the front door judges by its mode.</summary>
public interface IAuthenticator
{
    /// <summary>Looks an access key up.</summary>
    /// <param name="accessKeyId">The key of the signature.</param>
    /// <param name="sessionToken">The session token beside it; null for long-term keys.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null where no such key was issued here (or the token does not open).</returns>
    ValueTask<IssuedKey?> FindAsync(string accessKeyId, string? sessionToken, CancellationToken cancellationToken);
}

/// <summary>An access key that IAM or STS issued.</summary>
/// <param name="Principal">Whose it is.</param>
/// <param name="SecretAccessKey">What signatures are made with.</param>
/// <param name="ExpiresAt">End of a session; null for long-term keys.</param>
/// <param name="IsActive">False for keys that were made inactive.</param>
public sealed record IssuedKey(Principal Principal, string SecretAccessKey, DateTimeOffset? ExpiresAt, bool IsActive);

/// <summary>Makes temporary credentials. Implemented by STS; used by services that run code under a role.</summary>
public interface ICredentialIssuer
{
    /// <summary>
    /// Credentials of a role for a service that runs code under it. The trust policy must name the service.
    /// Null where the role is missing or does not trust it.
    /// </summary>
    /// <param name="roleArn">The role.</param>
    /// <param name="service">Its service principal, <c>lambda.amazonaws.com</c>.</param>
    /// <param name="sessionName">Last part of the session's ARN.</param>
    /// <param name="duration">How long they hold.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<TemporaryCredentials?> IssueForServiceAsync(
        string roleArn, string service, string sessionName, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Whether the role exists and its trust policy lets <paramref name="service"/> assume it.</summary>
    ValueTask<bool> CanAssumeAsync(string roleArn, string service, CancellationToken cancellationToken);
}

/// <summary>Credentials that expire.</summary>
public sealed record TemporaryCredentials(
    string AccessKeyId, string SecretAccessKey, string SessionToken, DateTimeOffset ExpiresAt, Principal Principal);
