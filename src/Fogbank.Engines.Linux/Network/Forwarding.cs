using Fogbank.Engines.Linux.Network.Netlink;

namespace Fogbank.Engines.Linux.Network;

/// <summary>
/// Answers to workloads come in by the machine's own devices, so the kernel must forward from those. Where the machine does not anyway, it is
/// switched on device by device, noted in a file that all Fogbanks of the machine share, and switched off again by the last of them; what
/// would then be forwarded between two such devices is dropped by <see cref="HostRules"/>. Callers hold the <see cref="MachineLock"/>.
/// </summary>
internal sealed class Forwarding(string folder)
{
    private readonly string _note = Path.Combine(folder, "fogbank.forwarding");

    /// <summary>Devices on which Fogbank switched it on.</summary>
    internal List<string> Switched() => File.Exists(_note) ? [.. File.ReadAllLines(_note).Where(name => name.Length > 0).Distinct()] : [];

    /// <summary>Switches it on where it is off.</summary>
    internal void Enable(IEnumerable<Link> links)
    {
        foreach (var link in links.Where(link => (link.Flags & Link.Loopback) == 0 && link.Master == 0))
        {
            if (Read(link.Name) == "0")
            {
                // Noted first: what is noted and not switched on does no harm, the other way round it would stay.
                File.AppendAllText(_note, link.Name + "\n");
                Write(link.Name, "1");
            }
        }
    }

    /// <summary>Switches it on for a device of ours, which goes away by itself.</summary>
    internal static void EnableOwn(string device) => Write(device, "1");

    /// <summary>Puts everything back.</summary>
    internal void Restore()
    {
        foreach (var device in Switched())
        {
            Write(device, "0");
        }
        File.Delete(_note);
    }

    private static string PathOf(string device) => $"/proc/sys/net/ipv4/conf/{device}/forwarding";

    private static string? Read(string device) => File.Exists(PathOf(device)) ? File.ReadAllText(PathOf(device)).Trim() : null;

    private static void Write(string device, string value)
    {
        if (File.Exists(PathOf(device)))
        {
            File.WriteAllText(PathOf(device), value);
        }
    }
}
