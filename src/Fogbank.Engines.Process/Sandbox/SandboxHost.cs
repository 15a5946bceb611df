using System.Collections.Concurrent;
using System.Globalization;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Process.Sandbox;

/// <summary>What all sandboxes of a warden share: what the machine allows, and the folders that were made once.</summary>
internal sealed class SandboxHost
{
    private readonly ConcurrentDictionary<string, Lazy<(string Folder, IReadOnlyList<string> Bound)>> _etc = new(StringComparer.Ordinal);
    private readonly string _runDirectory;

    private SandboxHost(string runDirectory) => _runDirectory = runDirectory;

    internal required HostTree Tree { get; init; }

    internal required bool UserNamespaces { get; init; }

    internal required int LastCapability { get; init; }

    internal required long MaxProcesses { get; init; }

    internal required long MaxOpenFiles { get; init; }

    /// <summary>Where each sandbox mounts its root, in a mount namespace of its own.</summary>
    internal string RootMountPoint => Path.Combine(_runDirectory, "root");

    internal string EmptyFolder => Path.Combine(_runDirectory, "empty");

    /// <summary>Makes the shared folders below <paramref name="runDirectory"/>.</summary>
    internal static SandboxHost Create(string runDirectory)
    {
        SandboxHost host = new(runDirectory)
        {
            Tree = HostTree.Detect(),
            UserNamespaces = CgroupFile.ReadNumber("/proc/sys/user/max_user_namespaces") > 0
                && !(File.Exists("/proc/sys/kernel/unprivileged_userns_clone") && CgroupFile.ReadNumber("/proc/sys/kernel/unprivileged_userns_clone") == 0),
            LastCapability = (int)CgroupFile.ReadNumber("/proc/sys/kernel/cap_last_cap"),
            MaxProcesses = HardLimit(Const.RlimitNProc),
            MaxOpenFiles = HardLimit(Const.RlimitNoFile),
        };
        Directory.CreateDirectory(host.RootMountPoint);
        Directory.CreateDirectory(host.EmptyFolder);
        return host;
    }

    /// <summary>The <c>/etc</c> for a user name and the name server that the workload has, and the host's folders that are mounted below it.</summary>
    internal string EtcOf(string user, int uid, string? nameServer, out IReadOnlyList<string> bound)
    {
        var key = (UserNamespaces ? user : user + "-" + uid.ToString(CultureInfo.InvariantCulture)) + (nameServer is null ? "" : "@" + nameServer);
        var made = _etc.GetOrAdd(key, _ => new(() =>
        {
            var folder = Path.Combine(_runDirectory, "etc", key);
            return (folder, EtcFolder.Write(folder, user, UserNamespaces, uid, nameServer));
        })).Value;
        bound = made.Bound;
        return made.Folder;
    }

    // Raising a hard limit needs a capability that even root may lack.
    private static unsafe long HardLimit(int resource)
    {
        var limits = stackalloc ulong[2];
        return Libc.GetResourceLimit(resource, limits) == 0 && limits[1] < long.MaxValue ? (long)limits[1] : long.MaxValue;
    }
}
