using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>What the monitor of an ephemeral container inherits, by its number there; negative means none.</summary>
internal sealed record WaiterDescriptors
{
    public required int Error { get; init; }
    public required int Input { get; init; }
    public required int Output { get; init; }
    public required int Errors { get; init; }
    public required int Root { get; init; }
    public required int Tmp { get; init; }
    public required int Storage { get; init; }
    public required int Sync { get; init; }
}

/// <summary>
/// The monitor of a container that dies with its region: nobody will adopt it, so its output goes straight to the region, and all that is
/// left to do is to wait for it. System calls alone, which start a third sooner than a program that has libraries.
/// </summary>
internal static class WaiterProgram
{
    private const int PrSetChildSubreaper = 36;

    internal static LaunchProgram Write(WaiterDescriptors fds, MountPoints points, string? hiddenMount, string folder, IReadOnlyList<string> placements, IReadOnlyList<string> command)
    {
        LaunchProgram program = new();
        MonitorProgram.Enter(program, points, hiddenMount, folder, fds.Root, fds.Storage, fds.Tmp);
        program.Call("stdin", Sys.Dup3, fds.Input, 0, 0);
        program.Call("stdout", Sys.Dup3, fds.Output, 1, 0);
        program.Call("stderr", Sys.Dup3, fds.Errors, 2, 0);
        program.Call("close on exec", Sys.CloseRange, 3, uint.MaxValue, 4);
        program.Call("subreaper", Sys.Prctl, PrSetChildSubreaper, 1);
        var child = program.Longs(0);
        _ = program.Longs(0); // the status is also looked at from 7 bytes before it
        var status = program.Longs(0, 0);
        LaunchProgram.Label runtime = new(), wait = new(), exited = new(), killed = new();
        program.Call("fork", Sys.Clone, Const.SigChld).OnZero(runtime).Into(child);
        // Only the container shall hold its output, and who waits for the report of this start must see its end.
        program.Call("stdout", Sys.Dup3, fds.Input, 1, 0);
        program.Call("stderr", Sys.Dup3, fds.Input, 2, 0);
        program.Call("close report", Sys.Close, fds.Error).Ignore();
        program.Call("close output", Sys.Close, fds.Output).Ignore();
        program.Call("close errors", Sys.Close, fds.Errors).Ignore();
        program.Call("runtime", Sys.Wait4, -1, status, 0, 0);
        program.Call("tell", Sys.Write, fds.Sync, status, 8);
        program.Call("close sync", Sys.Close, fds.Sync).Ignore();
        wait.Index = program.Here().Index;
        program.Call("container", Sys.Wait4, -1, status, 0, 0);
        // The status's lowest byte alone, moved to the top: 0 says that it exited by itself, with the code in the next byte.
        program.Compare(status - 7, 0).OnZero(exited).OnNegative(killed).OnPositive(killed);
        exited.Index = program.Here().Index;
        InitProgram.Exit(program, program.Compare(status + 1, 0));
        killed.Index = program.Here().Index;
        InitProgram.Exit(program, program.Compare(status, -128)); // as a shell tells a signal
        runtime.Index = program.Here().Index;
        RuntimeProgram.Place(program, placements);
        program.Call("execute", Sys.Execve, program.Text(command[0]), program.Texts(command), program.Texts([MonitorProgram.SearchPath]));
        program.Fail(fds.Error);
        return program;
    }
}
