using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;

namespace Fogbank.Services.Iam.Credentials;

/// <summary>Makes sessions of roles, for AssumeRole and for services that run code under a role.</summary>
internal sealed class RoleSessions(IamStore store, SessionTokens tokens) : ICredentialIssuer
{
    public async ValueTask<TemporaryCredentials?> IssueForServiceAsync(
        string roleArn, string service, string sessionName, TimeSpan duration, CancellationToken cancellationToken) =>
        await FindAsync(roleArn, cancellationToken) is { } role && TrustPolicy.AllowsService(role.TrustPolicy, service)
            ? Issue(role, sessionName, duration, sessionPolicy: null)
            : null;

    public async ValueTask<bool> CanAssumeAsync(string roleArn, string service, CancellationToken cancellationToken) =>
        await FindAsync(roleArn, cancellationToken) is { } role && TrustPolicy.AllowsService(role.TrustPolicy, service);

    /// <summary>The role of that ARN; null where there is none (a wrong path included).</summary>
    internal async ValueTask<RoleRecord?> FindAsync(string roleArn, CancellationToken cancellationToken)
    {
        if (!Arn.TryParse(roleArn, out var arn) || arn.Service != "iam" || !arn.Resource.StartsWith("role/", StringComparison.Ordinal))
        {
            return null;
        }

        var name = arn.Resource[(arn.Resource.LastIndexOf('/') + 1)..];
        var role = (await store.Database.GetAsync(IamTables.Roles, IamStore.Key(arn.AccountId, name), cancellationToken)).Value;
        return role?.Arn == roleArn ? role : null;
    }

    internal TemporaryCredentials Issue(RoleRecord role, string sessionName, TimeSpan duration, string? sessionPolicy) =>
        tokens.Issue(
            new Principal
            {
                Kind = PrincipalKind.AssumedRole,
                AccountId = role.AccountId,
                Arn = $"arn:aws:sts::{role.AccountId}:assumed-role/{role.Name}/{sessionName}",
                UserId = $"{role.Id}:{sessionName}",
                RoleArn = role.Arn,
                SessionPolicy = sessionPolicy,
            },
            duration);
}
