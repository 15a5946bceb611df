using System.Net;
using System.Net.Sockets;

namespace Fogbank.Kernel;

/// <summary>
/// Answers the name questions of a workload, on sockets that were made inside its network: names of its network and of the region by
/// itself, all others by asking the machine's own resolvers.
/// </summary>
public interface INameServer
{
    /// <summary>Serves one workload.</summary>
    /// <param name="acceptDatagrams">Gives the bound datagram socket, then null at its end.</param>
    /// <param name="acceptConnections">Gives the next accepted connection; null ends the serving.</param>
    /// <param name="names">What it is told of its network.</param>
    /// <returns>Disposing it ends the serving and closes its sockets.</returns>
    IAsyncDisposable Serve(
        Func<CancellationToken, ValueTask<Socket?>> acceptDatagrams, Func<CancellationToken, ValueTask<Socket?>> acceptConnections, NetworkNames names);
}

/// <summary>Names that a network gives its members.</summary>
/// <param name="Range">Its addresses: <c>ip-172-31-0-5.DOMAIN</c> is 172.31.0.5 where that is one of them.</param>
/// <param name="Domain"><c>ec2.internal</c>, or <c>REGION.compute.internal</c>.</param>
public sealed record NetworkNames(IPNetwork Range, string Domain)
{
    /// <summary>The domain of a region's networks, as AWS has it.</summary>
    public static string DomainOf(string region) => region == "us-east-1" ? "ec2.internal" : region + ".compute.internal";
}
