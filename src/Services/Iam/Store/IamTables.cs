using Fogbank.Services.Iam.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Store;

/// <summary>What IAM keeps in the database <c>control</c>. Every key begins with the account and the region <c>global</c>.</summary>
internal static class IamTables
{
    internal static readonly Table<RoleRecord> Roles = new("iam.role", IamJson.Default.RoleRecord);

    internal static readonly Table<UserRecord> Users = new("iam.user", IamJson.Default.UserRecord);

    internal static readonly Table<PolicyRecord> Policies = new("iam.policy", IamJson.Default.PolicyRecord);

    internal static readonly Table<AttachmentRecord> Attachments = new("iam.attachment", IamJson.Default.AttachmentRecord);

    internal static readonly Table<AttachedPolicyRecord> AttachedPolicies = new("iam.attached-policy", IamJson.Default.AttachedPolicyRecord);

    internal static readonly Table<AccessKeyRecord> AccessKeys = new("iam.access-key", IamJson.Default.AccessKeyRecord);

    internal static IReadOnlyList<ITable> All { get; } = [Roles, Users, Policies, Attachments, AttachedPolicies, AccessKeys];
}
