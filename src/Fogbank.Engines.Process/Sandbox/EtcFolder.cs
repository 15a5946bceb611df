using System.Globalization;

namespace Fogbank.Engines.Process.Sandbox;

/// <summary>The generated <c>/etc</c> of sandboxes: the same for all workloads with one user name.</summary>
internal static class EtcFolder
{
    /// <summary>The numbers under which the workload sees its own user; outside, every workload has another one.</summary>
    internal const int InnerUid = 993, InnerGid = 990;

    // What libraries look up at run time and what says nothing about this host.
    private static readonly string[] Copied =
        ["ld.so.cache", "ld.so.conf", "mime.types", "protocols", "services", "rpc", "ssl/openssl.cnf", "ca-certificates.conf", "debian_version", "gai.conf", "dotnet/install_location"];

    private static readonly string[] Bound =
        ["ssl/certs", "alternatives", "pki/tls/certs", "pki/ca-trust/extracted", "ca-certificates/extracted", "ld.so.conf.d", "fonts", "java-17-openjdk"];

    /// <summary>Writes the folder and names those of the host's that are to be mounted below it.</summary>
    internal static IReadOnlyList<string> Write(string folder, string user, bool userNamespace, int uid, string? nameServer)
    {
        var (shownUid, shownGid) = userNamespace ? (InnerUid, InnerGid) : (uid, uid);
        Directory.CreateDirectory(folder);
        Text("passwd", string.Create(CultureInfo.InvariantCulture,
            $"root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n{user}:x:{shownUid}:{shownGid}::/home/{user}:/sbin/nologin\n"));
        Text("group", string.Create(CultureInfo.InvariantCulture, $"root:x:0:\nnogroup:x:65534:\n{user}:x:{shownGid}:\n"));
        Text("hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        Text("resolv.conf", nameServer is null
            ? "# This workload has no network but its own loopback.\noptions timeout:1 attempts:1\n"
            : $"nameserver {nameServer}\n");
        Text("nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\nprotocols: files\nservices: files\n");
        Text("host.conf", "multi on\n");
        File.CreateSymbolicLink(Path.Combine(folder, "localtime"), "/usr/share/zoneinfo/UTC");
        File.CreateSymbolicLink(Path.Combine(folder, "os-release"), "../usr/lib/os-release");
        File.CreateSymbolicLink(Path.Combine(folder, "mtab"), "/proc/self/mounts");
        foreach (var name in Copied.Concat(Directory.GetDirectories("/etc", "python3*").Select(path => Path.GetFileName(path) + "/sitecustomize.py")))
        {
            if (File.Exists("/etc/" + name))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
                File.Copy("/etc/" + name, Path.Combine(folder, name));
            }
        }
        List<string> bound = [];
        foreach (var name in Bound.Where(name => Directory.Exists("/etc/" + name)))
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            bound.Add("etc/" + name);
        }
        return bound;

        void Text(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
    }
}
