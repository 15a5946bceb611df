using System.Globalization;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>
/// The control groups of all containers: one folder for the engine, below it one a group, below that one a container, which the OCI
/// runtime makes. On hybrid machines the version 2 hierarchy is left alone: the runtime refuses to work with both.
/// </summary>
internal sealed class GroupCgroups(CgroupLayout layout, string name)
{
    // The engine's own folder goes with its last group: not between its making and that of the next group in it.
    private readonly Lock _roots = new();

    private static readonly string[] Controllers = ["memory", "cpu", "pids", "io", "cpuset"];

    /// <summary>Limits are in the version 2 hierarchy.</summary>
    internal bool IsUnified { get; } = layout.Hierarchies.Count == 0 && layout.Unified is not null;

    /// <summary>Where version 2 is mounted beside version 1, to be hidden from the OCI runtime; else null.</summary>
    internal string? HiddenMount { get; } = layout.Hierarchies.Count > 0 ? layout.Unified : null;

    /// <summary>The path that the OCI runtime is told.</summary>
    internal string PathOf(string group, string container) => $"/{name}/{group}/{container}";

    /// <summary>A container's control groups, or with an empty name a group's.</summary>
    internal Cgroup Of(string group, string container)
    {
        var path = container.Length == 0 ? $"{name}/{group}" : $"{name}/{group}/{container}";
        if (IsUnified)
        {
            return new(Path.Combine(layout.Unified!, path), [], layout.UnifiedControllers);
        }
        Dictionary<string, string> folders = [];
        foreach (var (controller, mount) in layout.Controllers)
        {
            folders[controller] = Path.Combine(mount, path);
        }
        foreach (var mount in layout.Hierarchies)
        {
            folders.TryAdd(mount, Path.Combine(mount, path));
        }
        return new(null, folders, new HashSet<string>());
    }

    /// <summary>Makes a group's folders with the limits of the whole.</summary>
    internal Cgroup Create(string group, long? memoryBytes, int? cpuMillis, int? maxPids)
    {
        foreach (var root in Roots())
        {
            lock (_roots)
            {
                CgroupTree.MakeFolder(root);
                Inherit(root);
                CgroupTree.MakeFolder(Path.Combine(root, group));
            }
            Inherit(Path.Combine(root, group));
        }
        var made = Of(group, "");
        made.Limit(memoryBytes, cpuMillis, maxPids);
        return made;
    }

    /// <summary>
    /// Makes a container's folders in version 1, without limits yet; returns the files to which its first process writes <c>0</c>. An OCI
    /// runtime that moves another process there waits for all processors to take notice, which takes some ten milliseconds.
    /// </summary>
    internal List<string> CreateForContainer(string group, string container)
    {
        List<string> files = [];
        foreach (var mount in layout.Hierarchies.Where(mount => Path.GetFileName(mount) != "systemd"))
        {
            var folder = Path.Combine(mount, name, group, container);
            CgroupTree.MakeFolder(folder);
            Inherit(folder);
            files.Add(Path.Combine(folder, "tasks"));
        }
        return files;
    }

    /// <summary>The limits of a container that is made but does not run yet: the runtime that made it is not to be held up by them.</summary>
    internal void Limit(string group, Protocol.ContainerSpec spec)
    {
        var made = Of(group, spec.Id);
        made.Limit(spec.MemoryBytes, spec.StartUnthrottled ? null : spec.CpuMillis, spec.MaxPids);
        made.Weigh(spec.CpuShares ?? 1024, spec.MemoryReservationBytes);
        foreach (var devices in layout.Hierarchies.Where(mount => File.Exists(Path.Combine(mount, name, group, spec.Id, "devices.deny"))))
        {
            var folder = Path.Combine(devices, name, group, spec.Id);
            CgroupFile.Write(Path.Combine(folder, "devices.deny"), "a");
            foreach (var rule in AllowedDevices)
            {
                CgroupFile.Write(Path.Combine(folder, "devices.allow"), rule);
            }
        }
    }

    // Making nodes of any device, and using null, zero, full, random, urandom, tty, ptmx and pseudo-terminals.
    private static readonly string[] AllowedDevices =
        ["c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm"];

    /// <summary>Removes what is empty; false while something is not.</summary>
    internal bool TryRemove(string group, IEnumerable<string> containers)
    {
        foreach (var container in containers)
        {
            _ = Of(group, container).TryRemove();
        }
        var gone = true;
        foreach (var root in Roots())
        {
            var folder = Path.Combine(root, group);
            if (Directory.Exists(folder))
            {
                foreach (var child in Directory.GetDirectories(folder))
                {
                    _ = Libc.RemoveDirectory(child); // what a runtime that was killed on its way has left
                }
            }
            gone &= Libc.RemoveDirectory(folder) == 0 || Libc.Errno == Const.ENoEnt;
            lock (_roots)
            {
                _ = Libc.RemoveDirectory(root); // fails while other groups are there
            }
        }
        return gone;
    }

    /// <summary>Every process in a group, whichever container it is of.</summary>
    internal IEnumerable<int> Processes(string group)
    {
        foreach (var root in Roots())
        {
            var folder = Path.Combine(root, group);
            if (!Directory.Exists(folder))
            {
                continue;
            }
            foreach (var child in Directory.GetDirectories(folder).Append(folder))
            {
                foreach (var line in (CgroupFile.TryRead(Path.Combine(child, "cgroup.procs")) ?? "").Split('\n'))
                {
                    if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 1)
                    {
                        yield return pid;
                    }
                }
            }
        }
    }

    private IEnumerable<string> Roots() =>
        (IsUnified ? [layout.Unified!] : layout.Hierarchies).Select(mount => Path.Combine(mount, name));

    // A group of version 2 hands its controllers on; in version 1 the CPU set of a new folder is empty, and nothing can run in it.
    private void Inherit(string folder)
    {
        if (IsUnified)
        {
            foreach (var controller in Controllers.Where(layout.UnifiedControllers.Contains))
            {
                _ = CgroupFile.TryWrite(Path.Combine(Path.GetDirectoryName(folder)!, "cgroup.subtree_control"), "+" + controller);
                _ = CgroupFile.TryWrite(Path.Combine(folder, "cgroup.subtree_control"), "+" + controller);
            }
            return;
        }
        foreach (var file in (string[])["cpuset.cpus", "cpuset.mems"])
        {
            if (CgroupFile.TryRead(Path.Combine(Path.GetDirectoryName(folder)!, file))?.Trim() is { Length: > 0 } value
                && CgroupFile.TryRead(Path.Combine(folder, file))?.Trim() is { Length: 0 })
            {
                _ = CgroupFile.TryWrite(Path.Combine(folder, file), value);
            }
        }
    }
}
