using System.Globalization;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>What a container's monitor inherits, by its number there; negative means none.</summary>
internal sealed record MonitorDescriptors
{
    public required int Error { get; init; }
    public required int Input { get; init; }
    public required int Log { get; init; }
    public required int Root { get; init; }
    public required int Storage { get; init; }
    public int Tmp { get; init; } = -1;
    public required int Sync { get; init; }
    public required int Start { get; init; }
}

/// <summary>
/// The system calls that become a container's monitor: a mount namespace in which its root is mounted, which ends with it, and nothing is
/// left of either. The OCI runtime, its child, finds the root there.
/// </summary>
internal static class MonitorProgram
{
    internal const string SearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal static LaunchProgram Write(MonitorDescriptors fds, MountPoints points, string? hiddenMount, string folder, IReadOnlyList<string> command)
    {
        LaunchProgram program = new();
        Enter(program, points, hiddenMount, folder, fds.Root, fds.Storage, fds.Tmp);
        program.Call("stdin", Sys.Dup3, fds.Input, 0, 0);
        program.Call("stdout", Sys.Dup3, fds.Input, 1, 0);
        program.Call("stderr", Sys.Dup3, fds.Log, 2, 0);
        program.Call("close on exec", Sys.CloseRange, 3, uint.MaxValue, 4);
        program.Call("keep sync", Sys.Fcntl, fds.Sync, 2, 0);
        program.Call("keep start", Sys.Fcntl, fds.Start, 2, 0);
        program.Call("execute", Sys.Execve, program.Text(command[0]), program.Texts(command), program.Texts(
        [
            SearchPath,
            string.Create(CultureInfo.InvariantCulture, $"_OCI_SYNCPIPE={fds.Sync}"),
            string.Create(CultureInfo.InvariantCulture, $"_OCI_STARTPIPE={fds.Start}"),
        ]));
        program.Fail(fds.Error);
        return program;
    }

    /// <summary>The part that every monitor has in common: its session, its mounts, and the container's folder.</summary>
    internal static void Enter(LaunchProgram program, MountPoints points, string? hiddenMount, string folder, int root, int storage, int tmp)
    {
        program.Call("close program", Sys.Close, 3);
        program.Call("session", Sys.SetSid);
        program.Call("mount namespace", Sys.Unshare, Const.CloneNewNs);
        program.Call("slave mounts", Sys.Mount, program.Text("none"), program.Text("/"), 0, Const.MsRec | Const.MsSlave, 0);
        if (hiddenMount is not null)
        {
            program.Call("hide control groups", Sys.Umount2, program.Text(hiddenMount), Const.MntDetach).Ignore();
        }
        // The monitor's process numbers are those of its group's namespace.
        program.Call("mount proc", Sys.Mount, program.Text("proc"), program.Text("/proc"), program.Text("proc"),
            Const.MsNoSuid | Const.MsNoDev | Const.MsNoExec, 0);
        Attach(root, points.Root);
        Attach(storage, points.Storage);
        Attach(tmp, points.Tmp);
        program.Call("working directory", Sys.Chdir, program.Text(folder));

        void Attach(int mount, string target)
        {
            if (mount >= 0)
            {
                program.Call("attach " + Path.GetFileName(target), Sys.MoveMount, mount, program.Text(""), Const.AtFdCwd, program.Text(target), Const.MoveMountFromEmptyPath);
            }
        }
    }
}
