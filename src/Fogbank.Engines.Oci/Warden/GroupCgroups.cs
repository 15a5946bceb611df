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
            CgroupTree.MakeFolder(root);
            Inherit(root);
            CgroupTree.MakeFolder(Path.Combine(root, group));
            Inherit(Path.Combine(root, group));
        }
        var made = Of(group, "");
        made.Limit(memoryBytes, cpuMillis, maxPids);
        return made;
    }

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
            _ = Libc.RemoveDirectory(root); // fails while other groups are there
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
