using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Process.Protocol;

namespace Fogbank.Engines.Process.Sandbox;

/// <summary>
/// The system calls that start a workload where it cannot be isolated: a session of its own below a first process that adopts its
/// orphans, so that all its processes can be found; no new privileges and the system-call filter, which need no rights.
/// </summary>
internal static class PlainProgram
{
    private const int PrSetChildSubreaper = 36;

    /// <summary>The whole program; <paramref name="uid"/> is the user to become, or negative to stay the same.</summary>
    internal static LaunchProgram Write(SandboxSpec spec, SandboxDescriptors fds, long maxOpenFiles, int uid)
    {
        LaunchProgram program = new();
        program.Call("close program", Sys.Close, 3);
        program.Call("parent-death signal", Sys.Prctl, Const.PrSetParentDeathSignal, Const.SigKill);
        program.Call("adopt orphans", Sys.Prctl, PrSetChildSubreaper, 1);
        program.Call("session", Sys.SetSid);
        LaunchProgram.Label workload = new();
        var fork = program.Call("fork", Sys.Clone, Const.SigChld).OnZero(workload);
        Init(program, fds, fork);
        workload.Index = program.Here().Index;
        program.Call("session", Sys.SetSid);
        program.Call("stdin", Sys.Dup3, fds.Input, 0, 0);
        program.Call("stdout", Sys.Dup3, fds.Output, 1, 0);
        program.Call("stderr", Sys.Dup3, fds.ErrorOutput, 2, 0);
        program.Call("close on exec", Sys.CloseRange, 3, uint.MaxValue, 4);
        program.Call("limit of core", Sys.Prlimit, 0, Const.RlimitCore, program.Longs(0, 0), 0);
        var files = Math.Min(spec.MaxOpenFiles, maxOpenFiles);
        program.Call("limit of files", Sys.Prlimit, 0, Const.RlimitNoFile, program.Longs(files, files), 0);
        if (uid >= 0)
        {
            program.Call("setgroups", Sys.SetGroups, 0, 0);
            program.Call("setresgid", Sys.SetResGid, uid, uid, uid);
            program.Call("setresuid", Sys.SetResUid, uid, uid, uid);
        }
        // Last of what concerns the user: a change of credentials clears it.
        program.Call("parent-death signal", Sys.Prctl, Const.PrSetParentDeathSignal, Const.SigKill);
        program.Call("no new privileges", Sys.Prctl, Const.PrSetNoNewPrivileges, 1);
        program.Call("umask", Sys.Umask, 0x12);
        program.Call("working directory", Sys.Chdir, program.Text(spec.WorkingDirectory));
        var filter = SeccompFilter.Current;
        program.Call("system-call filter", Sys.Seccomp, 1, 0, program.Longs(filter.Length / 8, program.Bytes(filter)));
        program.Call("execute", Sys.Execve, program.Text(spec.Command[0]), program.Texts(spec.Command), program.Texts(spec.Environment));
        program.Fail(fds.Error);
        return program;
    }

    /// <summary>Reports when the main process ends, and itself ends when no child is left: whoever watches kills those that remain.</summary>
    private static void Init(LaunchProgram program, SandboxDescriptors fds, LaunchProgram.Operation fork)
    {
        if (fds.Status > 0)
        {
            program.Call("close", Sys.CloseRange, 0, fds.Status - 1, 0);
        }
        program.Call("close", Sys.CloseRange, fds.Status + 1, uint.MaxValue, 0);
        var status = program.Longs(0);
        var pid = program.Longs(0);
        LaunchProgram.Label ended = new();
        LaunchProgram.Label done = new();
        var wait = program.Here();
        program.Call("wait", Sys.Wait4, -1, status, 0, 0).Into(pid).OnNegative(done);
        var compare = program.Compare(pid, 0).OnNegative(wait).OnPositive(wait).OnZero(ended).Then(ended);
        fork.Into(compare.Argument(1));
        program.Call("report", Sys.Write, fds.Status, status, 4).OnNegative(wait).OnZero(wait).OnPositive(wait).Then(done);
        program.Call("exit", Sys.ExitGroup, 0).Ignore();
    }
}
