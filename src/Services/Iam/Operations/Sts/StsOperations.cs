using Fogbank.Contracts.Sts;
using Fogbank.Kernel;
using Fogbank.Services.Iam.Credentials;
using Fogbank.Services.Iam.Domain;
using Fogbank.Services.Iam.Store;

namespace Fogbank.Services.Iam.Operations.Sts;

[Operation]
internal sealed class GetCallerIdentity : IOperation<GetCallerIdentityRequest, GetCallerIdentityResponse>
{
    public ValueTask<GetCallerIdentityResponse> HandleAsync(
        GetCallerIdentityRequest request, RequestContext context, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetCallerIdentityResponse
        {
            UserId = context.Principal.UserId,
            Account = context.Principal.AccountId,
            Arn = context.Principal.Arn,
        });
}

[Operation]
internal sealed class AssumeRole(RoleSessions sessions) : IOperation<AssumeRoleRequest, AssumeRoleResponse>
{
    private const int ChainedSeconds = 3600;

    public async ValueTask<AssumeRoleResponse> HandleAsync(AssumeRoleRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!Arn.TryParse(request.RoleArn, out _))
        {
            throw StsErrors.InvalidArn(request.RoleArn);
        }

        RefuseUnbuilt(request);
        if (request.Policy is { } policy && PolicyDocument.FindFault(policy) is { } fault)
        {
            throw StsErrors.MalformedPolicy(fault);
        }

        var role = await sessions.FindAsync(request.RoleArn, cancellationToken)
            ?? throw StsErrors.NotAuthorized(context.Principal, request.RoleArn);
        var seconds = request.DurationSeconds ?? ChainedSeconds;
        if (seconds > role.MaxSessionSeconds)
        {
            throw StsErrors.DurationBeyondRole();
        }

        if (context.Principal.Kind == PrincipalKind.AssumedRole && seconds > ChainedSeconds)
        {
            throw StsErrors.DurationBeyondChaining();
        }

        var credentials = sessions.Issue(role, request.RoleSessionName, TimeSpan.FromSeconds(seconds), request.Policy);
        return new()
        {
            Credentials = StsView.Of(credentials),
            AssumedRoleUser = new() { AssumedRoleId = credentials.Principal.UserId, Arn = credentials.Principal.Arn },
        };
    }

    // Each of these would change what the session may do.
    private static void RefuseUnbuilt(AssumeRoleRequest request)
    {
        var setting = request switch
        {
            { Tags.Count: > 0 } => "session tags",
            { TransitiveTagKeys.Count: > 0 } => "transitive session tags",
            { PolicyArns.Count: > 0 } => "managed session policies",
            { SerialNumber: not null } or { TokenCode: not null } => "multi-factor authentication",
            _ => null,
        };
        if (setting is not null)
        {
            throw CommonErrors.SettingNotSupported(IamErrors.ValidationError, setting);
        }
    }
}

[Operation]
internal sealed class GetSessionToken(SessionTokens tokens) : IOperation<GetSessionTokenRequest, GetSessionTokenResponse>
{
    // AWS: 12 hours for users; for the account itself one hour at most.
    private const int UserSeconds = 43_200;
    private const int RootSeconds = 3600;

    public ValueTask<GetSessionTokenResponse> HandleAsync(
        GetSessionTokenRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (context.Principal.Kind is not (PrincipalKind.User or PrincipalKind.Root))
        {
            throw StsErrors.SessionsCannotDoThis();
        }

        if (request.SerialNumber is not null || request.TokenCode is not null)
        {
            throw CommonErrors.SettingNotSupported(IamErrors.ValidationError, "multi-factor authentication");
        }

        var isRoot = context.Principal.Kind == PrincipalKind.Root;
        var seconds = request.DurationSeconds ?? (isRoot ? RootSeconds : UserSeconds);
        var credentials = tokens.Issue(context.Principal, TimeSpan.FromSeconds(isRoot ? Math.Min(seconds, RootSeconds) : seconds));
        return ValueTask.FromResult(new GetSessionTokenResponse { Credentials = StsView.Of(credentials) });
    }
}

[Operation]
internal sealed class GetAccessKeyInfo(IamStore store) : IOperation<GetAccessKeyInfoRequest, GetAccessKeyInfoResponse>
{
    public async ValueTask<GetAccessKeyInfoResponse> HandleAsync(
        GetAccessKeyInfoRequest request, RequestContext context, CancellationToken cancellationToken) =>
        await store.FindAccessKeyAsync(request.AccessKeyId, cancellationToken) is { } key
            ? new() { Account = key.AccountId }
            : throw IamErrors.Validation("Invalid access key id");
}
