using Fogbank.Contracts.Iam;
using Fogbank.Services.Iam.Domain;

namespace Fogbank.Services.Iam.Views;

/// <summary>Records as IAM shows them.</summary>
internal static class IamViews
{
    /// <summary>Documents travel percent-encoded in answers (and plain in requests).</summary>
    internal static string Encode(string document) => Uri.EscapeDataString(document);

    internal static IReadOnlyList<Tag>? Tags(SortedDictionary<string, string> tags) =>
        tags.Count == 0 ? null : [.. tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })];

    internal static AttachedPermissionsBoundary? Boundary(string? arn) =>
        arn is null ? null : new() { PermissionsBoundaryType = "Policy", PermissionsBoundaryArn = arn };

    internal static IReadOnlyList<AttachedPolicy> Attached(IEnumerable<string> arns) =>
        [.. arns.Select(arn => new AttachedPolicy { PolicyArn = arn, PolicyName = arn[(arn.LastIndexOf('/') + 1)..] })];
}

/// <summary>A role: whole where it is asked for by name, shorter in lists and on creation, as AWS does.</summary>
internal static class RoleView
{
    internal static Role Created(RoleRecord role) => new()
    {
        Path = role.Path,
        RoleName = role.Name,
        RoleId = role.Id,
        Arn = role.Arn,
        CreateDate = role.CreatedAt,
        AssumeRolePolicyDocument = IamViews.Encode(role.TrustPolicy),
        Tags = IamViews.Tags(role.Tags),
    };

    internal static Role Listed(RoleRecord role) => new()
    {
        Path = role.Path,
        RoleName = role.Name,
        RoleId = role.Id,
        Arn = role.Arn,
        CreateDate = role.CreatedAt,
        AssumeRolePolicyDocument = IamViews.Encode(role.TrustPolicy),
        Description = role.Description,
        MaxSessionDuration = role.MaxSessionSeconds,
    };

    internal static Role Whole(RoleRecord role) => new()
    {
        Path = role.Path,
        RoleName = role.Name,
        RoleId = role.Id,
        Arn = role.Arn,
        CreateDate = role.CreatedAt,
        AssumeRolePolicyDocument = IamViews.Encode(role.TrustPolicy),
        Description = role.Description,
        MaxSessionDuration = role.MaxSessionSeconds,
        PermissionsBoundary = IamViews.Boundary(role.PermissionsBoundary),
        Tags = IamViews.Tags(role.Tags),
        RoleLastUsed = new(),
    };
}

/// <summary>A user.</summary>
internal static class UserView
{
    internal static User From(UserRecord user) => new()
    {
        Path = user.Path,
        UserName = user.Name,
        UserId = user.Id,
        Arn = user.Arn,
        CreateDate = user.CreatedAt,
        PermissionsBoundary = IamViews.Boundary(user.PermissionsBoundary),
        Tags = IamViews.Tags(user.Tags),
    };

    /// <summary>Lists leave tags and boundaries out.</summary>
    internal static User Listed(UserRecord user) => From(user with { PermissionsBoundary = null, Tags = [] });
}

/// <summary>A managed policy and its versions.</summary>
internal static class PolicyView
{
    internal static Policy From(PolicyRecord policy, int attachments, bool withTags) => new()
    {
        PolicyName = policy.Name,
        PolicyId = policy.Id,
        Arn = policy.Arn,
        Path = policy.Path,
        DefaultVersionId = VersionId(policy.DefaultVersion),
        AttachmentCount = attachments,
        PermissionsBoundaryUsageCount = 0,
        IsAttachable = true,
        Description = policy.Description,
        CreateDate = policy.CreatedAt,
        UpdateDate = policy.UpdatedAt,
        // GetPolicy always shows the list, also when it is empty.
        Tags = withTags ? IamViews.Tags(policy.Tags) ?? [] : IamViews.Tags(policy.Tags),
    };

    internal static Policy AwsManaged(AwsManagedPolicy policy, int attachments) => new()
    {
        PolicyName = policy.Arn.Name,
        Arn = policy.Arn.ToString(),
        Path = policy.Arn.Path,
        DefaultVersionId = policy.DefaultVersion,
        AttachmentCount = attachments,
        PermissionsBoundaryUsageCount = 0,
        IsAttachable = true,
        CreateDate = policy.CreatedAt,
        UpdateDate = policy.UpdatedAt,
    };

    internal static PolicyVersion AwsManagedVersion(AwsManagedPolicy policy, string? document) => new()
    {
        Document = document is null ? null : IamViews.Encode(document),
        VersionId = policy.DefaultVersion,
        IsDefaultVersion = true,
        CreateDate = policy.UpdatedAt,
    };

    internal static PolicyVersion Version(PolicyRecord policy, PolicyVersionRecord version, bool withDocument) => new()
    {
        Document = withDocument ? IamViews.Encode(version.Document) : null,
        VersionId = VersionId(version.Number),
        IsDefaultVersion = version.Number == policy.DefaultVersion,
        CreateDate = version.CreatedAt,
    };

    internal static string VersionId(int number) => $"v{number}";
}
