using System.Text;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>The files by which a group's containers know their network.</summary>
internal static class EtcFiles
{
    internal static void Write(string folder, GroupRecord group)
    {
        Directory.CreateDirectory(folder);
        StringBuilder hosts = new("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        if (group.HostName != "localhost")
        {
            hosts.Append(group.Network?.Address ?? "127.0.0.1").Append(' ').Append(group.HostName).Append('\n');
        }
        foreach (var (name, address) in group.Hosts)
        {
            hosts.Append(address).Append(' ').Append(name).Append('\n');
        }
        StringBuilder resolver = new();
        if (group.SearchDomains.Count > 0)
        {
            resolver.Append("search ").AppendJoin(' ', group.SearchDomains).Append('\n');
        }
        foreach (var server in group.NameServers)
        {
            resolver.Append("nameserver ").Append(server).Append('\n');
        }
        if (group.NameServers.Count == 0)
        {
            resolver.Append("options timeout:1 attempts:1\n");
        }
        File.WriteAllText(Path.Combine(folder, "hosts"), hosts.ToString());
        File.WriteAllText(Path.Combine(folder, "resolv.conf"), resolver.ToString());
        File.WriteAllText(Path.Combine(folder, "hostname"), group.HostName + "\n");
    }
}
