using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>All that an invocation needs of a function, under one qualifier. An immutable snapshot, dropped when the function changes.</summary>
internal sealed class FunctionTarget
{
    internal required FunctionKey Key { get; init; }

    internal required VersionRecord Version { get; init; }

    /// <summary>As the caller named it: with the qualifier where it gave one.</summary>
    internal required string InvokedArn { get; init; }

    internal required int? ReservedConcurrency { get; init; }

    /// <summary>The policy that belongs to this qualifier; null for none.</summary>
    internal required ResourcePolicy? Policy { get; init; }

    internal required ReservedConcurrencies Account { get; init; }

    internal required TimeSpan Timeout { get; init; }

    /// <summary>Null where this machine cannot run it.</summary>
    internal required EnvironmentPool? Pool { get; init; }
}
