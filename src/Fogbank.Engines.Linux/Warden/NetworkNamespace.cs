using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>
/// Puts the calling thread into new network and process-number namespaces for the length of one spawn. Nothing that could make the
/// runtime start a thread may run in between: threads cannot be made while children would get another process-number namespace.
/// </summary>
internal sealed unsafe class NetworkNamespace : IDisposable
{
    private static ReadOnlySpan<byte> Loopback => "lo"u8;

    private readonly int _hostNetwork;
    private readonly int _hostPids;

    /// <summary>Remembers the namespaces of the calling thread, to which <see cref="Leave"/> returns.</summary>
    internal NetworkNamespace()
    {
        _hostNetwork = OpenOwn("net");
        _hostPids = OpenOwn("pid");
    }

    /// <summary>Enters fresh namespaces, sets loopback up with the endpoints' addresses, and listens.</summary>
    internal void Enter(IReadOnlyList<SandboxEndpoint> endpoints, Span<int> listeners)
    {
        Check(Libc.Syscall(Sys.Unshare, Const.CloneNewNet | Const.CloneNewPid), "unshare");
        var control = Libc.Socket(Const.AfInet, Const.SockDgram | Const.SockCloExec, 0);
        Check(control, "socket");
        try
        {
            var request = stackalloc byte[40]; // struct ifreq
            Loopback.CopyTo(new Span<byte>(request, 16));
            *(short*)(request + 16) = 1; // IFF_UP
            Check(Libc.Ioctl(control, 0x8914, request), "loopback up"); // SIOCSIFFLAGS
            for (var i = 0; i < endpoints.Count; i++)
            {
                var address = IPAddress.Parse(endpoints[i].Address);
                if (!IPAddress.IsLoopback(address))
                {
                    new Span<byte>(request, 40).Clear();
                    Encoding.ASCII.GetBytes($"lo:{i + 1}").CopyTo(new Span<byte>(request, 16));
                    WriteAddress(new Span<byte>(request + 16, 16), address, 0);
                    Check(Libc.Ioctl(control, 0x8916, request), "address"); // SIOCSIFADDR
                    WriteAddress(new Span<byte>(request + 16, 16), IPAddress.Broadcast, 0);
                    Check(Libc.Ioctl(control, 0x891c, request), "netmask"); // SIOCSIFNETMASK
                }
            }
        }
        finally
        {
            _ = Libc.Close(control);
        }
        Listen(endpoints, listeners);
    }

    /// <summary>Listens in the namespace that the thread is in. Port 0 takes any.</summary>
    internal static void Listen(IReadOnlyList<SandboxEndpoint> endpoints, Span<int> listeners)
    {
        Span<byte> address = stackalloc byte[16];
        for (var i = 0; i < endpoints.Count; i++)
        {
            var isDatagram = endpoints[i].IsDatagram;
            var fd = Libc.Socket(Const.AfInet, (isDatagram ? Const.SockDgram : Const.SockStream) | Const.SockCloExec, 0);
            Check(fd, "socket");
            listeners[i] = fd;
            // Connections that an earlier region accepted may still be closing.
            var yes = 1;
            _ = Libc.SetSockOpt(fd, Const.SolSocket, 2, &yes, sizeof(int)); // SO_REUSEADDR
            WriteAddress(address, IPAddress.Parse(endpoints[i].Address), endpoints[i].Port);
            fixed (byte* pointer = address)
            {
                Check(Libc.Bind(fd, pointer, 16), "bind");
            }
            if (!isDatagram)
            {
                Check(Libc.Listen(fd, 128), "listen");
            }
        }
    }

    /// <summary>Enters a network namespace that was made already, and fresh process numbers for children.</summary>
    internal static void Enter(int network)
    {
        Check(Libc.Syscall(Sys.SetNs, network, Const.CloneNewNet), "setns");
        Check(Libc.Syscall(Sys.Unshare, Const.CloneNewPid), "unshare");
    }

    /// <summary>Enters the namespaces of another process: its network, and its process numbers for children. Negative ones are left out.</summary>
    internal static void Join(int network, int pids)
    {
        if (network >= 0)
        {
            Check(Libc.Syscall(Sys.SetNs, network, Const.CloneNewNet), "setns");
        }
        if (pids >= 0)
        {
            Check(Libc.Syscall(Sys.SetNs, pids, Const.CloneNewPid), "setns");
        }
    }

    /// <summary>Returns to the host's namespaces.</summary>
    internal void Leave()
    {
        if (Libc.Syscall(Sys.SetNs, _hostPids, Const.CloneNewPid) < 0 || Libc.Syscall(Sys.SetNs, _hostNetwork, Const.CloneNewNet) < 0)
        {
            // This thread would go on in a workload's network; nothing sensible can run on it any more.
            Environment.FailFast($"The warden could not return to its own namespaces: {Libc.Describe(Libc.Errno)}.");
        }
    }

    public void Dispose()
    {
        _ = Libc.Close(_hostNetwork);
        _ = Libc.Close(_hostPids);
    }

    private static void WriteAddress(Span<byte> at, IPAddress address, int port)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new EngineException(EngineErrorKind.InvalidSpec, $"Endpoint address {address} is not IPv4.");
        }
        at.Clear();
        at[0] = Const.AfInet;
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], (ushort)port);
        address.TryWriteBytes(at[4..], out _);
    }

    private static int OpenOwn(string name)
    {
        var fd = Libc.Open("/proc/thread-self/ns/" + name, Const.ORdOnly | Const.OCloExec);
        return fd >= 0 ? fd : throw new EngineException(EngineErrorKind.Unsupported, $"No {name} namespace: {Libc.Describe(Libc.Errno)}.");
    }

    private static void Check(long result, string what)
    {
        if (result < 0)
        {
            var error = Libc.Errno;
            throw new EngineException(
                error is 98 or 99 ? EngineErrorKind.InvalidSpec : EngineErrorKind.StartFailed, // EADDRINUSE, EADDRNOTAVAIL
                $"The workload's network could not be made ({what}): {Libc.Describe(error)}.");
        }
    }
}
