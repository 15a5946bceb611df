using System.Net;
using System.Net.Sockets;

namespace Fogbank.Wire.Hosting;

/// <summary>
/// The sockets of the region's port, bound before anything else is made: so the real port is known to all that advertise it, and a port that
/// is taken is found out first. They listen only once the server starts.
/// </summary>
public sealed class RegionSockets : IDisposable
{
    private RegionSockets(IReadOnlyList<Socket> sockets, int port)
    {
        Sockets = sockets;
        Port = port;
    }

    /// <summary>The port that was bound, also where 0 was asked for.</summary>
    public int Port { get; }

    public IEnumerable<IPEndPoint> EndPoints => Sockets.Select(socket => (IPEndPoint)socket.LocalEndPoint!);

    internal IReadOnlyList<Socket> Sockets { get; }

    /// <summary>Binds every address on one port. The IPv6 loopback is added to the IPv4 one where the machine has it.</summary>
    /// <exception cref="SocketException">The port is taken, or the address is not this machine's.</exception>
    public static RegionSockets Bind(IReadOnlyList<IPAddress> addresses, int port)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        var sockets = new List<Socket>();
        try
        {
            foreach (var address in addresses)
            {
                sockets.Add(Bind(new IPEndPoint(address, port)));
                port = ((IPEndPoint)sockets[0].LocalEndPoint!).Port;
            }

            if (addresses.Contains(IPAddress.Loopback) && !addresses.Contains(IPAddress.IPv6Loopback))
            {
                TryAddIPv6Loopback(sockets, port);
            }

            return new RegionSockets(sockets, port);
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var socket in Sockets)
        {
            socket.Dispose();
        }
    }

    private static void TryAddIPv6Loopback(List<Socket> sockets, int port)
    {
        try
        {
            sockets.Add(Bind(new IPEndPoint(IPAddress.IPv6Loopback, port)));
        }
        catch (SocketException)
        {
            // No IPv6 here, or the port is another program's there: the address the user asked for works.
        }
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any);
            }

            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
