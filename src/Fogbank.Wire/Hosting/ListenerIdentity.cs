using System.IO.Pipelines;
using Fogbank.Kernel;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Wire.Hosting;

/// <summary>Whose listener a connection came by: a feature of every connection.</summary>
/// <param name="Workload">The workload it stands for; null for the region's own port.</param>
/// <param name="Handler">Who answers in place of the front door; null for the region itself.</param>
internal sealed record ListenerIdentity(WorkloadIdentity? Workload, Func<HttpContext, Task>? Handler)
{
    /// <summary>Has a connection before the server: see <see cref="IEndpointHost.Serve"/>.</summary>
    public Func<IDuplexPipe, CancellationToken, ValueTask<bool>>? First { get; init; }
}
