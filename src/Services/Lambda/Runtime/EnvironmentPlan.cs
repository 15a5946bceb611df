using Fogbank.Engines;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>All that the environments of one function configuration have in common.</summary>
internal sealed record EnvironmentPlan
{
    internal required FunctionKey Function { get; init; }

    internal required VersionRecord Version { get; init; }

    /// <summary>The user's variables, opened.</summary>
    internal required IReadOnlyDictionary<string, string> Variables { get; init; }

    /// <summary>What runs its workloads.</summary>
    internal required IEngine Engine { get; init; }

    /// <summary>Null for an image.</summary>
    internal PackageProgram? Package { get; init; }

    /// <summary>Null for a package.</summary>
    internal FunctionImage? Image { get; init; }

    /// <summary>CPU limit after initialisation; null for none.</summary>
    internal required int? CpuMillis { get; init; }

    internal required string FunctionArn { get; init; }

    /// <summary>Of its metrics.</summary>
    internal required IReadOnlyList<KeyValuePair<string, string>> Dimensions { get; init; }

    internal string VersionArn => Function.QualifiedArn(Version.Version);

    internal bool LogsJson => Version.Logging.Format == LoggingRecord.Json;
}

/// <summary>A deployment package, and how this machine runs it.</summary>
internal sealed record PackageProgram(ManagedRuntime Runtime, Artifact Code);
