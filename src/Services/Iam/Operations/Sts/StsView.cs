using Fogbank.Kernel;

namespace Fogbank.Services.Iam.Operations.Sts;

/// <summary>Temporary credentials as STS shows them.</summary>
internal static class StsView
{
    internal static Fogbank.Contracts.Sts.Credentials Of(TemporaryCredentials credentials) => new()
    {
        AccessKeyId = credentials.AccessKeyId,
        SecretAccessKey = credentials.SecretAccessKey,
        SessionToken = credentials.SessionToken,
        Expiration = credentials.ExpiresAt,
    };
}
