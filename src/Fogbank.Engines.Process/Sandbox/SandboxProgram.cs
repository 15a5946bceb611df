using System.Globalization;
using System.Text;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Process.Protocol;

namespace Fogbank.Engines.Process.Sandbox;

/// <summary>Descriptors that a sandbox's first process inherits, by their number there; negative means none.</summary>
internal sealed record SandboxDescriptors
{
    public required int Error { get; init; }
    public required int Status { get; init; }
    public required int Input { get; init; }
    public required int Output { get; init; }
    public required int ErrorOutput { get; init; }
    public int Tmp { get; init; } = -1;
    public int CgroupFolder { get; init; } = -1;
    public IReadOnlyList<int> CgroupPlacements { get; init; } = [];
}

/// <summary>
/// Writes the system calls that turn a fresh process into an isolated workload: the first process builds the root and then stays as the
/// namespace's init, reaping and reporting; its child places itself into the control groups, gives everything up and becomes the command.
/// </summary>
internal sealed class SandboxProgram(SandboxSpec spec, SandboxDescriptors fds, SandboxHost host, int uid)
{
    private const long RootReadOnly = Const.MsRdOnly | Const.MsRemount | Const.MsBind | Const.MsNoSuid;

    private readonly LaunchProgram _program = new();

    /// <summary>The whole program. Keep it to name the step that failed.</summary>
    internal LaunchProgram Write()
    {
        DieWithWarden();
        Namespaces();
        Root();
        Devices();
        Proc();
        Enter();
        var workload = new LaunchProgram.Label();
        Fork(workload);
        Init();
        workload.Index = _program.Here().Index;
        Workload();
        _program.Fail(fds.Error);
        return _program;
    }

    private LaunchProgram.Operation Call(string what, long number, params ReadOnlySpan<long> arguments) => _program.Call(what, number, arguments);

    private void DieWithWarden()
    {
        Call("close program", Sys.Close, 3);
        Call("parent-death signal", Sys.Prctl, Const.PrSetParentDeathSignal, Const.SigKill);
        // The warden may have died before the signal was set: then nobody reads our errors any more, and the poll says so.
        var gone = new LaunchProgram.Label();
        var alive = new LaunchProgram.Label();
        var poll = _program.Longs(((long)Const.PollErr << 32) | (uint)fds.Error);
        Call("look for warden", Sys.Ppoll, poll, 1, _program.Longs(0, 0), 0, 8).OnPositive(gone).OnZero(alive).Then(gone);
        Call("exit", Sys.ExitGroup, 1).Then(alive);
        Call("session", Sys.SetSid);
        Call("not dumpable", Sys.Prctl, Const.PrSetDumpable, 0);
    }

    private void Namespaces()
    {
        Call("namespaces", Sys.Unshare, Const.CloneNewNs | Const.CloneNewIpc | Const.CloneNewUts);
        var name = Encoding.UTF8.GetBytes(spec.HostName);
        Call("host name", Sys.SetHostName, _program.Bytes(name), name.Length);
        Mount("private mounts", null, "/", null, Const.MsRec | Const.MsPrivate, null);
    }

    private void Root()
    {
        Call("umask", Sys.Umask, 0);
        Mount("root", "tmpfs", host.RootMountPoint, "tmpfs", Const.MsNoSuid | Const.MsNoDev, "size=256k,nr_inodes=512,mode=755");
        Call("enter new root", Sys.Chdir, _program.Text(host.RootMountPoint));
        HashSet<string> made = new(StringComparer.Ordinal);
        foreach (var folder in host.Tree.Folders)
        {
            MakeFolders(made, folder[1..]);
            Bind(folder, folder[1..]);
        }
        foreach (var (name, target) in host.Tree.Links)
        {
            Call("link " + name, Sys.SymlinkAt, _program.Text(target), Const.AtFdCwd, _program.Text(name));
        }
        foreach (var name in (string[])["dev", "proc", "etc", "tmp", "var", "opt", "home", "run"])
        {
            MakeFolders(made, name);
        }
        Call("link var/tmp", Sys.SymlinkAt, _program.Text("../tmp"), Const.AtFdCwd, _program.Text("var/tmp"));
        Bind(host.EtcOf(spec.User, uid, NameServer(), out var bound), "etc");
        foreach (var name in bound)
        {
            Bind("/" + name, name);
        }
        foreach (var mount in spec.Mounts)
        {
            var target = mount.Target[1..];
            MakeFolders(made, target);
            if (mount.Sources.Count == 1)
            {
                Bind(mount.Sources[0], target);
            }
            else
            {
                var lower = string.Join(':', mount.Sources.AsEnumerable().Reverse().Select(EscapeOverlay));
                Mount("overlay " + target, "overlay", target, "overlay", Const.MsRdOnly | Const.MsNoSuid | Const.MsNoDev, "lowerdir=" + lower);
            }
        }
        if (fds.Tmp >= 0)
        {
            Call("mount tmp", Sys.MoveMount, fds.Tmp, _program.Text(""), Const.AtFdCwd, _program.Text("tmp"), Const.MoveMountFromEmptyPath);
            Call("close tmp", Sys.Close, fds.Tmp);
        }
        else
        {
            Mount("tmp", "tmpfs", "tmp", "tmpfs", Const.MsNoSuid | Const.MsNoDev,
                string.Create(CultureInfo.InvariantCulture, $"size={spec.TmpBytes},mode=1777"));
        }
    }

    // Whoever gives a workload datagrams on port 53 answers its name questions there.
    private string? NameServer() => spec.Endpoints.Find(endpoint => endpoint is { IsDatagram: true, Port: 53 })?.Address;

    private void Devices()
    {
        Mount("dev", "tmpfs", "dev", "tmpfs", Const.MsNoSuid | Const.MsNoExec, "size=64k,nr_inodes=32,mode=755");
        foreach (var (name, minor) in ((string, int)[])[("null", 3), ("zero", 5), ("full", 7), ("random", 8), ("urandom", 9)])
        {
            Call("device " + name, Sys.MknodAt, Const.AtFdCwd, _program.Text("dev/" + name), 0x2000 | 0x1b6, (1 << 8) | minor);
        }
        foreach (var (name, target) in ((string, string)[])
            [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")])
        {
            Call("link " + name, Sys.SymlinkAt, _program.Text(target), Const.AtFdCwd, _program.Text("dev/" + name));
        }
        Call("make shm", Sys.MkdirAt, Const.AtFdCwd, _program.Text("dev/shm"), 0x3ff);
        // Its pages count as the workload's memory, so the memory limit is its size.
        Mount("shm", "tmpfs", "dev/shm", "tmpfs", Const.MsNoSuid | Const.MsNoDev | Const.MsNoExec,
            string.Create(CultureInfo.InvariantCulture, $"size={spec.MemoryBytes},mode=1777"));
        Mount("dev read-only", null, "dev", null, RootReadOnly | Const.MsNoExec, null);
    }

    private void Proc()
    {
        Mount("proc", "proc", "proc", "proc", Const.MsNoSuid | Const.MsNoDev | Const.MsNoExec, "hidepid=2");
        foreach (var name in host.Tree.HiddenProcFiles)
        {
            Mount("hide " + name, "dev/null", "proc/" + name, null, Const.MsBind, null);
        }
        foreach (var name in host.Tree.ReadOnlyProcFolders)
        {
            Mount("bind " + name, "proc/" + name, "proc/" + name, null, Const.MsBind | Const.MsRec, null);
            Mount("read-only " + name, null, "proc/" + name, null, RootReadOnly | Const.MsNoDev | Const.MsNoExec, null);
        }
        foreach (var name in host.Tree.HiddenProcFolders)
        {
            Mount("hide " + name, host.EmptyFolder, "proc/" + name, null, Const.MsBind, null);
        }
    }

    private void Enter()
    {
        var here = _program.Text(".");
        Call("pivot_root", Sys.PivotRoot, here, here);
        Call("leave old root", Sys.Umount2, here, Const.MntDetach);
        Call("chdir /", Sys.Chdir, _program.Text("/"));
        Mount("root read-only", null, "/", null, RootReadOnly | Const.MsNoDev, null);
    }

    private void Fork(LaunchProgram.Label workload)
    {
        if (fds.CgroupFolder < 0)
        {
            Call("fork", Sys.Clone, Const.SigChld).OnZero(workload);
            return;
        }
        // struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup
        var arguments = _program.Longs(Const.CloneIntoCgroup, 0, 0, 0, Const.SigChld, 0, 0, 0, 0, 0, fds.CgroupFolder);
        Call("fork into control group", Sys.Clone3, arguments, 88).OnZero(workload);
    }

    /// <summary>The first process keeps nothing but the status pipe, reaps orphans, and ends with the main process, which ends all others.</summary>
    private void Init()
    {
        if (fds.Status > 0)
        {
            Call("close", Sys.CloseRange, 0, fds.Status - 1, 0);
        }
        Call("close", Sys.CloseRange, fds.Status + 1, uint.MaxValue, 0);
        var status = _program.Longs(0);
        var pid = _program.Longs(0);
        var wait = _program.Here();
        Call("wait", Sys.Wait4, -1, status, 0, 0).Into(pid);
        var ended = new LaunchProgram.Label();
        _program.Compare(pid, 2).OnNegative(wait).OnPositive(wait).OnZero(ended).Then(ended);
        Call("report", Sys.Write, fds.Status, status, 4).Ignore();
        Call("exit", Sys.ExitGroup, 0).Ignore();
    }

    private void Workload()
    {
        var zero = _program.Text("0");
        foreach (var fd in fds.CgroupPlacements)
        {
            Call("control group", Sys.Write, fd, zero, 1);
        }
        Call("session", Sys.SetSid);
        Call("stdin", Sys.Dup3, fds.Input, 0, 0);
        Call("stdout", Sys.Dup3, fds.Output, 1, 0);
        Call("stderr", Sys.Dup3, fds.ErrorOutput, 2, 0);
        Call("close on exec", Sys.CloseRange, 3, uint.MaxValue, 4);
        Limit("core", Const.RlimitCore, 0);
        Limit("processes", Const.RlimitNProc, Math.Min(spec.MaxPids, host.MaxProcesses));
        Limit("files", Const.RlimitNoFile, Math.Min(spec.MaxOpenFiles, host.MaxOpenFiles));
        Limit("locked memory", Const.RlimitMemLock, 65536);
        Limit("message queues", Const.RlimitMsgQueue, 0);
        DropBoundingSet(mayFail: false);
        Call("setgroups", Sys.SetGroups, 0, 0);
        Call("setresgid", Sys.SetResGid, uid, uid, uid);
        Call("setresuid", Sys.SetResUid, uid, uid, uid);
        if (host.UserNamespaces)
        {
            UserNamespace();
        }
        // struct cap_user_header {version 3, pid 0}, struct cap_user_data[2] of nothing
        Call("capabilities", Sys.CapSet, _program.Longs(0x20080522), _program.Longs(0, 0, 0));
        Call("no new privileges", Sys.Prctl, Const.PrSetNoNewPrivileges, 1);
        Call("umask", Sys.Umask, 0x12);
        Call("working directory", Sys.Chdir, _program.Text(spec.WorkingDirectory));
        var filter = SeccompFilter.Current;
        Call("system-call filter", Sys.Seccomp, 1, 0, _program.Longs(filter.Length / 8, _program.Bytes(filter)));
        Call("execute", Sys.Execve, _program.Text(spec.Command[0]), _program.Texts(spec.Command), _program.Texts(spec.Environment));
    }

    /// <summary>A user namespace of its own, made as the unprivileged user: the kernel then grants it nothing over any other namespace.</summary>
    private void UserNamespace()
    {
        // Changing the user made the process undumpable, and with it /proc/self root's.
        Call("dumpable", Sys.Prctl, Const.PrSetDumpable, 1);
        Call("user namespace", Sys.Unshare, Const.CloneNewUser);
        WriteOwn("setgroups", "deny");
        WriteOwn("uid_map", string.Create(CultureInfo.InvariantCulture, $"{EtcFolder.InnerUid} {uid} 1"));
        WriteOwn("gid_map", string.Create(CultureInfo.InvariantCulture, $"{EtcFolder.InnerGid} {uid} 1"));
        DropBoundingSet(mayFail: true);
    }

    private void WriteOwn(string file, string value)
    {
        var fd = _program.Longs(0);
        var write = new LaunchProgram.Label();
        var open = Call("open " + file, Sys.OpenAt, Const.AtFdCwd, _program.Text("/proc/self/" + file), Const.OWrOnly | Const.OCloExec, 0);
        var writing = Call("write " + file, Sys.Write, fd, _program.Text(value), value.Length).Then(write);
        open.Into(writing.Argument(0));
    }

    private void DropBoundingSet(bool mayFail)
    {
        for (var capability = 0; capability <= host.LastCapability; capability++)
        {
            var call = Call("bounding set", Sys.Prctl, Const.PrCapBoundingSetDrop, capability);
            if (mayFail)
            {
                call.Ignore();
            }
        }
    }

    private void Limit(string what, int resource, long value) =>
        Call("limit of " + what, Sys.Prlimit, 0, resource, _program.Longs(value, value), 0);

    private void Bind(string source, string target)
    {
        Mount("bind " + target, source, target, null, Const.MsBind | Const.MsRec, null);
        var attributes = _program.Longs(Const.MountAttrRdOnly | Const.MountAttrNoSuid | Const.MountAttrNoDev, 0, 0, 0);
        Call("read-only " + target, Sys.MountSetAttr, Const.AtFdCwd, _program.Text(target), Const.AtRecursive, attributes, 32);
    }

    private void Mount(string what, string? source, string target, string? type, long flags, string? options) =>
        Call(what, Sys.Mount, source is null ? 0 : _program.Text(source), _program.Text(target), type is null ? 0 : _program.Text(type),
            flags, options is null ? 0 : _program.Text(options));

    private void MakeFolders(HashSet<string> made, string path)
    {
        for (var end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
        {
            var part = end < 0 ? path : path[..end];
            if (made.Add(part))
            {
                Call("make " + part, Sys.MkdirAt, Const.AtFdCwd, _program.Text(part), 0x1ed);
            }
            if (end < 0)
            {
                return;
            }
        }
    }

    private static string EscapeOverlay(string path) =>
        path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
}
