using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fogbank.Kernel;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>The names of ECS, in full and as callers shorten them.</summary>
internal static class EcsArn
{
    internal static string Cluster(Scope scope, string name) => Of(scope, $"cluster/{name}");

    internal static string TaskDefinition(Scope scope, string family, int revision) =>
        Of(scope, string.Create(CultureInfo.InvariantCulture, $"task-definition/{family}:{revision}"));

    internal static string Task(Scope scope, string cluster, string id) => Of(scope, $"task/{cluster}/{id}");

    internal static string Container(Scope scope, string cluster, string taskId, string uuid) => Of(scope, $"container/{cluster}/{taskId}/{uuid}");

    internal static string CapacityProvider(Scope scope, string name) => Of(scope, $"capacity-provider/{name}");

    /// <summary>The cluster that a request means: a name, an ARN, or nothing for <c>default</c>. Null: another account's or region's.</summary>
    internal static string? ClusterName(string? given, Scope scope) =>
        string.IsNullOrEmpty(given) ? "default"
        : !given.StartsWith("arn:", StringComparison.Ordinal) ? given
        : TryResource(given, scope, "cluster/", out var name) ? name
        : null;

    /// <summary>The id of a task given as such or as an ARN, which must then name the cluster, if it names one.</summary>
    internal static bool TryTask(string given, Scope scope, string cluster, [NotNullWhen(true)] out string? id)
    {
        if (!given.StartsWith("arn:", StringComparison.Ordinal))
        {
            id = given;
            return true;
        }

        if (!TryResource(given, scope, "task/", out id))
        {
            return false;
        }

        var slash = id.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && id[..slash] != cluster)
        {
            return false;
        }

        id = id[(slash + 1)..];
        return true;
    }

    /// <summary>Reads <c>family</c>, <c>family:revision</c> or an ARN; no revision means the newest active one.</summary>
    internal static bool TryTaskDefinition(string given, Scope scope, [NotNullWhen(true)] out string? family, out int? revision)
    {
        (family, revision) = (null, null);
        var text = given;
        if (given.StartsWith("arn:", StringComparison.Ordinal) && !TryResource(given, scope, "task-definition/", out text))
        {
            return false;
        }

        var colon = text!.LastIndexOf(':');
        if (colon < 0)
        {
            family = text;
            return family.Length > 0;
        }

        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        (family, revision) = (text[..colon], number);
        return family.Length > 0;
    }

    internal static bool TryResource(string given, Scope scope, string kind, [NotNullWhen(true)] out string? rest)
    {
        rest = Arn.TryParse(given, out var arn) && arn.Service == "ecs" && arn.AccountId == scope.AccountId && arn.Region == scope.Region
            && arn.Resource.StartsWith(kind, StringComparison.Ordinal) && arn.Resource.Length > kind.Length
            ? arn.Resource[kind.Length..]
            : null;
        return rest is not null;
    }

    private static string Of(Scope scope, string resource) => new Arn("ecs", scope.Region, scope.AccountId, resource).ToString();
}
