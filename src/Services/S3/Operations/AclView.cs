using Fogbank.Contracts.S3;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

/// <summary>The access control list that everything has: its owner may do everything.</summary>
internal static class AclView
{
    public static IReadOnlyList<Grant> OwnerOnly(BucketRow bucket) =>
        [new() { Grantee = new() { ID = bucket.OwnerId, Type = "CanonicalUser" }, Permission = "FULL_CONTROL" }];

    public static void CheckPut(string? acl, bool hasGrants, AccessControlPolicy? policy)
    {
        if (acl is null && !hasGrants && policy is null)
        {
            throw S3Errors.MissingSecurityHeader("x-amz-acl");
        }

        WriteSettings.CheckAcl(acl, hasGrants || policy is not null);
    }
}
