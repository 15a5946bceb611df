using System.Net.Sockets;

namespace Fogbank.Engines;

/// <summary>
/// A group that exists. Members may be called at once. Disposing the object of an ephemeral group removes the group; that of a durable one
/// only lets go of it: the listeners close, the workloads go on and can be found again.
/// </summary>
public interface IWorkloadGroup : IAsyncDisposable
{
    /// <summary>The id of its spec.</summary>
    string Id { get; }

    /// <summary>One listener for each endpoint of the spec, in its order; made anew when the group was found again.</summary>
    IReadOnlyList<IWorkloadListener> Listeners { get; }

    /// <summary>Starts a workload in the group, as <see cref="IEngine.StartAsync"/> does. A durable workload of this id that exists already
    /// (started before a crash) is given back instead of a second one, also when it has ended.</summary>
    ValueTask<IWorkload> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken);

    /// <summary>Finds a workload that was started in this group and not removed, running or ended; null where there is none.</summary>
    ValueTask<IWorkload?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>A connection to a TCP port of the group as from inside its network. Throws <see cref="SocketException"/> where nobody listens.</summary>
    ValueTask<Socket> ConnectAsync(int port, CancellationToken cancellationToken);

    /// <summary>Resource use of all its workloads together.</summary>
    ValueTask<WorkloadStats> StatsAsync(CancellationToken cancellationToken);

    /// <summary>Kills what still runs and takes everything away: processes, network, storage, output. Repeating it is harmless.</summary>
    ValueTask RemoveAsync(CancellationToken cancellationToken);
}
