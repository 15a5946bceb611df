using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using Fogbank.Engines;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Network.Netlink;
using Xunit;

namespace Fogbank.Tests.Kits.Engines.Network;

/// <summary>
/// A machine of its own in two network namespaces: one plays the host, one the Internet, joined by a device <c>wan0</c>. Nothing of the
/// real machine's network is touched. Everything runs on one thread that is in the host's namespace.
/// </summary>
public sealed class NetworkLab : IDisposable
{
    internal static readonly IPAddress HostAddress = IPAddress.Parse("203.0.113.2");
    internal static readonly IPAddress InternetAddress = IPAddress.Parse("203.0.113.1");

    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-net-").FullName;

    public NetworkLab()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.False((Environment.GetEnvironmentVariable("FOGBANK_TEST_REQUIRE") ?? "").Split(',').Contains("isolation"), "not root");
            Assert.Skip("Only root can make networks.");
        }
        _thread = new(() =>
        {
            foreach (var action in _work.GetConsumingEnumerable())
            {
                action();
            }
        });
        _thread.IsBackground = true;
        _thread.Start();
        Run(SetUp);
    }

    /// <summary>The host's namespace.</summary>
    internal int Host { get; private set; } = -1;

    internal int Internet { get; private set; } = -1;

    internal string Folder => Path.Combine(_folder, "networks");

    /// <summary>What all Fogbanks of this machine share.</summary>
    internal string MachineFolder => _folder;

    internal NetworksOptions Options => new() { Directory = Folder, MachineDirectory = _folder, PoolSize = 2, Linger = TimeSpan.Zero };

    /// <summary>Runs a test on the lab's thread.</summary>
    internal void Run(Action action)
    {
        using ManualResetEventSlim done = new();
        ExceptionDispatchInfo? failure = null;
        _work.Add(() =>
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
            done.Set();
        }, CancellationToken.None);
        Assert.True(done.Wait(TimeSpan.FromSeconds(60), CancellationToken.None), "The test took more than a minute.");
        failure?.Throw();
    }

    /// <summary>Runs with networks that are closed afterwards.</summary>
    internal void With(Action<Networks> test, Func<NetworksOptions, NetworksOptions>? change = null) => Run(() =>
    {
        using var networks = Networks.Open(change?.Invoke(Options) ?? Options);
        test(networks);
    });

    internal static NetworkSpec Spec(string address, string network = "vpc-1", string gateway = "172.31.0.1", int prefix = 20) => new()
    {
        Network = network,
        Range = IPNetwork.Parse("172.31.0.0/16"),
        Address = IPAddress.Parse(address),
        Gateway = IPAddress.Parse(gateway),
        PrefixLength = prefix,
    };

    /// <summary>A socket in a namespace.</summary>
    internal Socket NewSocket(int descriptor, SocketType type = SocketType.Stream) => NamespaceFile.Inside(descriptor, Host, () =>
        new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp) { ReceiveTimeout = 5000, SendTimeout = 5000 });

    /// <summary>A listener in a namespace.</summary>
    internal Socket Listen(int descriptor, IPAddress address, int port)
    {
        var socket = NewSocket(descriptor);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    }

    /// <summary>Connects from a namespace; null when it was refused or nobody answered within the time.</summary>
    internal Socket? TryConnect(int descriptor, IPAddress address, int port, int milliseconds = 1000)
    {
        var socket = NewSocket(descriptor);
        socket.Blocking = false;
        try
        {
            socket.Connect(new IPEndPoint(address, port));
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // as it should be
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        var ready = socket.Poll(milliseconds * 1000, SelectMode.SelectWrite);
        if (!ready || (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! != 0)
        {
            socket.Dispose();
            return null;
        }
        socket.Blocking = true;
        return socket;
    }

    /// <summary>Accepts what is expected to come.</summary>
    internal static Socket Accept(Socket listener)
    {
        Assert.True(listener.Poll(5_000_000, SelectMode.SelectRead), "Nobody connected.");
        var accepted = listener.Accept();
        accepted.ReceiveTimeout = 5000;
        accepted.SendTimeout = 5000;
        return accepted;
    }

    internal void AssertReaches(int descriptor, IPAddress address, int port)
    {
        using var socket = TryConnect(descriptor, address, port);
        Assert.True(socket is not null, $"{address}:{port} was not reached.");
    }

    internal void AssertDoesNotReach(int descriptor, IPAddress address, int port)
    {
        using var socket = TryConnect(descriptor, address, port, 300);
        Assert.True(socket is null, $"{address}:{port} was reached.");
    }

    /// <summary>Names of the devices in a namespace.</summary>
    internal string[] Devices(int descriptor)
    {
        using var route = NamespaceFile.Inside(descriptor, Host, () => new NetlinkSocket(NetlinkSocket.Route));
        return [.. LinkMessages.Links(route).Select(link => link.Name)];
    }

    private void SetUp()
    {
        Assert.Equal(0, Libc.Syscall(Sys.Unshare, Const.CloneNewNet));
        Host = NamespaceFile.OpenCurrent();
        File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "0"); // the real machine may have it on, and new namespaces take after it
        Internet = NamespaceFile.Create(Host);
        using NetlinkSocket host = new(NetlinkSocket.Route);
        using var internet = NamespaceFile.Inside(Internet, Host, () => new NetlinkSocket(NetlinkSocket.Route));
        host.Send([LinkMessages.SetUp(1), LinkMessages.AddPair("wan0", 0, "isp0", Internet)]);
        var wan = LinkMessages.Find(host, "wan0")!.Value.Index;
        var isp = LinkMessages.Find(internet, "isp0")!.Value.Index;
        internet.Send([LinkMessages.SetUp(1), LinkMessages.SetUp(isp), LinkMessages.AddAddress(isp, InternetAddress, 24)]);
        host.Send([LinkMessages.AddAddress(wan, HostAddress, 24), LinkMessages.AddRoute(wan, null, InternetAddress)]);
        host.Settle("wan0");
        internet.Settle("isp0");
    }

    public void Dispose()
    {
        if (_thread is not null)
        {
            _work.CompleteAdding();
            _ = _thread.Join(TimeSpan.FromSeconds(10));
            _ = Libc.Close(Host);
            _ = Libc.Close(Internet);
        }
        _work.Dispose();
        NamespaceFile.RemoveFolder(Folder);
        Directory.Delete(_folder, recursive: true);
    }
}
