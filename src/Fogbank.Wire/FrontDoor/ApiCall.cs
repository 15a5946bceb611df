using Fogbank.Kernel;
using Fogbank.Wire.Routing;
using Fogbank.Wire.Signing;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.FrontDoor;

/// <summary>One API request under way.</summary>
internal sealed class ApiCall(HttpContext http, RequestFacts facts, ServiceRoute route, WireResponse response)
{
    public HttpContext Http => http;

    public RequestFacts Facts => facts;

    public ServiceRoute Route => route;

    public WireResponse Response => response;

    public RequestSignature? Signature { get; init; }

    public SignatureProblem? Problem { get; init; }

    public WorkloadIdentity? Workload { get; init; }

    /// <summary>Whether errors are the service's own from here on.</summary>
    public bool HasReachedService { get; set; }

    /// <summary>The stream around the body, which the end of the call disposes; null where there is none.</summary>
    public Stream? Body { get; set; }

    public RequestHttpDetails? Details { get; set; }
}
