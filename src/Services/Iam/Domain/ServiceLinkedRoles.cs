using System.Collections.Frozen;

namespace Fogbank.Services.Iam.Domain;

/// <summary>The roles by which AWS's services act in an account; each is made once, by the service or on request.</summary>
/// <param name="Name">The role's name.</param>
/// <param name="Policy">The one policy it has.</param>
/// <param name="Description">What AWS says of it.</param>
internal sealed record ServiceLinkedRoleKind(string Name, string Policy, string Description);

/// <summary>Those of the services that Fogbank has.</summary>
internal static class ServiceLinkedRoles
{
    private static readonly FrozenDictionary<string, ServiceLinkedRoleKind> ByService = new Dictionary<string, ServiceLinkedRoleKind>(StringComparer.Ordinal)
    {
        ["ecs.amazonaws.com"] = new("AWSServiceRoleForECS", "AmazonECSServiceRolePolicy", "Role to enable Amazon ECS to manage your cluster."),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static ServiceLinkedRoleKind? Find(string service) => ByService.GetValueOrDefault(service);

    internal static string PathOf(string service) => $"{AwsManagedPolicies.ServiceLinkedPath}{service}/";

    internal static string PolicyArnOf(ServiceLinkedRoleKind kind) => $"arn:aws:iam::aws:policy{AwsManagedPolicies.ServiceLinkedPath}{kind.Policy}";

    internal static string TrustPolicyOf(string service) =>
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"{{service}}"},"Action":"sts:AssumeRole"}]}""";
}
