using System.Globalization;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Cgroups;

/// <summary>The control groups of one warden: one folder in each hierarchy that counts, below it one for each workload.</summary>
internal sealed class CgroupTree
{
    private static readonly string[] Wanted = ["memory", "cpu", "pids"];

    private readonly CgroupLayout _layout;
    private readonly string? _unified;
    private readonly Dictionary<string, string> _v1 = [];

    private CgroupTree(CgroupLayout layout, string name)
    {
        _layout = layout;
        _unified = layout.Unified is null ? null : Path.Combine(layout.Unified, name);
        foreach (var (controller, mount) in layout.Controllers)
        {
            // The unified hierarchy freezes and counts CPU time, where there is one.
            if (Wanted.Contains(controller) || (_unified is null && controller != "blkio"))
            {
                _v1[controller] = Path.Combine(mount, name);
            }
        }
    }

    /// <summary>Opens the tree, made anew: processes that a predecessor left are killed and their groups removed.</summary>
    internal static CgroupTree Open(CgroupLayout layout, string name)
    {
        CgroupTree tree = new(layout, name);
        tree.Remove(TimeSpan.FromSeconds(5));
        foreach (var folder in tree._v1.Values)
        {
            MakeFolder(folder);
        }
        if (tree._unified is not null)
        {
            tree.EnableControllers(layout.Unified!);
            MakeFolder(tree._unified);
            tree.EnableControllers(tree._unified);
        }
        return tree;
    }

    /// <summary>Makes a workload's group with its limits.</summary>
    internal Cgroup Create(string id, long memoryBytes, int? cpuMillis, int maxPids)
    {
        var unified = _unified is null ? null : Path.Combine(_unified, id);
        Dictionary<string, string> v1 = [];
        foreach (var (controller, folder) in _v1)
        {
            v1[controller] = Path.Combine(folder, id);
        }
        Cgroup group = new(unified, v1, _layout.UnifiedControllers);
        try
        {
            group.Create(memoryBytes, cpuMillis, maxPids);
            return group;
        }
        catch
        {
            group.TryRemove();
            throw;
        }
    }

    /// <summary>Kills what is left and removes every group; true when all is gone within the time.</summary>
    internal bool Remove(TimeSpan limit)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        List<string> roots = [.. _v1.Values.Distinct()];
        if (_unified is not null)
        {
            roots.Add(_unified);
        }
        while (true)
        {
            var left = false;
            foreach (var root in roots.Where(Directory.Exists))
            {
                foreach (var child in Directory.GetDirectories(root))
                {
                    left |= !TryRemoveFolder(child);
                }
                left |= !TryRemoveFolder(root);
            }
            if (!left || TimeProvider.System.GetElapsedTime(deadline) > limit)
            {
                return !left;
            }
            Wait.Milliseconds(5);
        }
    }

    private static bool TryRemoveFolder(string folder)
    {
        if (Libc.RemoveDirectory(folder) == 0 || Libc.Errno == Const.ENoEnt)
        {
            return true;
        }
        if (CgroupFile.TryWrite(Path.Combine(folder, "cgroup.kill"), "1") != 0)
        {
            _ = CgroupFile.TryWrite(Path.Combine(folder, "freezer.state"), "THAWED");
            foreach (var line in (CgroupFile.TryRead(Path.Combine(folder, "cgroup.procs")) ?? "").Split('\n'))
            {
                if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 1)
                {
                    _ = Libc.Kill(pid, Const.SigKill);
                }
            }
        }
        return false;
    }

    private void EnableControllers(string folder)
    {
        foreach (var controller in Wanted.Where(_layout.UnifiedControllers.Contains))
        {
            var path = Path.Combine(folder, "cgroup.subtree_control");
            if (CgroupFile.TryWrite(path, "+" + controller) == Const.EBusy)
            {
                // A group with processes of its own cannot pass controllers on. In a container the root looks like that: its processes move aside.
                EmptyInto(folder, Path.Combine(folder, "fogbank-host"));
                CgroupFile.Write(path, "+" + controller);
            }
        }
    }

    private static void EmptyInto(string folder, string leaf)
    {
        MakeFolder(leaf);
        foreach (var pid in (CgroupFile.TryRead(Path.Combine(folder, "cgroup.procs")) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            _ = CgroupFile.TryWrite(Path.Combine(leaf, "cgroup.procs"), pid);
        }
    }

    internal static void MakeFolder(string folder)
    {
        if (Libc.MakeDirectory(folder, 0x1ed) < 0 && Libc.Errno != Const.EExist)
        {
            throw new EngineException(EngineErrorKind.StartFailed, $"The control group {folder} could not be made: {Libc.Describe(Libc.Errno)}.");
        }
    }
}
