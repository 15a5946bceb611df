using System.Net.Sockets;

namespace Fogbank.Engines;

/// <summary>Accepts what a workload connects to at one of its endpoints. Disposed with the workload.</summary>
public interface IWorkloadListener
{
    /// <summary>The endpoint of the spec.</summary>
    EndpointSpec Endpoint { get; }

    /// <summary>The next connection (see <see cref="EndpointProtocol"/> for datagrams), which the caller owns; null once the workload was disposed. May be called at once.</summary>
    ValueTask<Socket?> AcceptAsync(CancellationToken cancellationToken);
}
