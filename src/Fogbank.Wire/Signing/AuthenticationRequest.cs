using Fogbank.Kernel;
using Fogbank.Wire.FrontDoor;
using Fogbank.Wire.Routing;

namespace Fogbank.Wire.Signing;

/// <summary>What the authenticator judges.</summary>
internal sealed record AuthenticationRequest
{
    public required RequestFacts Facts { get; init; }

    public RequestSignature? Signature { get; init; }

    public SignatureProblem? Problem { get; init; }

    public required PayloadPlan Payload { get; init; }

    /// <summary>The path as sent, behind its bucket where that stands in the host name.</summary>
    public required string ResourcePath { get; init; }

    public required ErrorStyle Style { get; init; }

    /// <summary>Who connected, where the listener tells; null for the region's own port.</summary>
    public WorkloadIdentity? Workload { get; init; }

    /// <summary>The region that the host name tells; null where it tells none.</summary>
    public string? HostRegion { get; init; }

    /// <summary>The operation takes requests of nobody, or judges them by a policy of its own.</summary>
    public bool AllowsAnonymous { get; init; }
}
