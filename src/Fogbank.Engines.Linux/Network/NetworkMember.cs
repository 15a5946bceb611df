using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Warden;

namespace Fogbank.Engines.Linux.Network;

/// <summary>The network namespace of a workload or group. It must be given back by <see cref="Networks.Leave"/>.</summary>
internal sealed class NetworkMember
{
    private readonly int _home;
    private int _left;

    internal NetworkMember(string id, NetworkSpec? spec, WiredNamespace wired, VpcNetwork? network, string? path, int home)
    {
        (Id, Spec, Wired, Network, Path, _home) = (id, spec, wired, network, path, home);
    }

    /// <summary>By which a durable one is found again.</summary>
    internal string Id { get; }

    /// <summary>Its place, or null where it has loopback only.</summary>
    internal NetworkSpec? Spec { get; }

    /// <summary>Where a durable one can be opened by others; null for an ephemeral one.</summary>
    internal string? Path { get; }

    /// <summary>The namespace, open as long as this is not given back: for <c>setns</c>, or under <c>/proc/self/fd</c>.</summary>
    internal int Descriptor => Wired.Descriptor;

    internal WiredNamespace Wired { get; }

    internal VpcNetwork? Network { get; }

    /// <summary>True for the one who takes it away.</summary>
    internal bool TryLeave() => Interlocked.Exchange(ref _left, 1) == 0;

    /// <summary>Listens inside; what fails closes what was opened. The descriptors are the caller's.</summary>
    internal int[] Listen(IReadOnlyList<SandboxEndpoint> endpoints)
    {
        var listeners = new int[endpoints.Count];
        Array.Fill(listeners, -1);
        try
        {
            return NamespaceFile.Inside(Descriptor, _home, () =>
            {
                NetworkNamespace.Listen(endpoints, listeners);
                return listeners;
            });
        }
        catch
        {
            foreach (var fd in listeners.Where(fd => fd >= 0))
            {
                _ = Libc.Close(fd);
            }
            throw;
        }
    }

    /// <summary>A TCP socket inside, not connected yet: whoever gets it can connect as from within. The descriptor is the caller's.</summary>
    internal int NewSocket() => Networks.NewSocket(Descriptor, _home);
}
