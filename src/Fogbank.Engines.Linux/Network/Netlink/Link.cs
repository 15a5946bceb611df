namespace Fogbank.Engines.Linux.Network.Netlink;

/// <summary>A network device, as the kernel lists it.</summary>
internal readonly record struct Link(int Index, string Name, uint Flags, int Master)
{
    internal const uint Up = 1, Loopback = 8;
}
