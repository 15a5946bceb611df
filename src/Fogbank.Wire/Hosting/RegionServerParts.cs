using Fogbank.Contracts;
using Fogbank.Kernel;
using Microsoft.Extensions.Logging;

namespace Fogbank.Wire.Hosting;

/// <summary>All that the front door is made of.</summary>
public sealed record RegionServerParts
{
    public required RegionServerOptions Options { get; init; }

    /// <summary>Defaults of region and account.</summary>
    public required RegionOptions Region { get; init; }

    /// <summary>What the region can do.</summary>
    public required OperationRegistry Operations { get; init; }

    /// <summary>Every API whose contract is known, whether or not anything of it is built.</summary>
    public required IReadOnlyList<Api> Apis { get; init; }

    /// <summary>See <see cref="RegionServer"/> for what is taken of it.</summary>
    public required IServiceProvider Services { get; init; }

    public required RegionSockets Sockets { get; init; }

    public required EndpointHost Endpoints { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public required TimeProvider Time { get; init; }

    public required IIdSource Ids { get; init; }
}
