using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>
/// The system calls of a group's keeper: process 1 of its process numbers, which holds its network. It does nothing; when it ends, the
/// kernel ends every container and monitor of the group.
/// </summary>
internal static class KeeperProgram
{
    /// <summary>The whole program.</summary>
    /// <param name="error">Descriptor for the report; closed once the keeper waits.</param>
    /// <param name="ephemeral">Dies with the warden.</param>
    internal static LaunchProgram Write(int error, bool ephemeral)
    {
        LaunchProgram program = new();
        program.Call("close program", Sys.Close, 3);
        if (ephemeral)
        {
            program.Call("parent-death signal", Sys.Prctl, Const.PrSetParentDeathSignal, Const.SigKill);
        }
        program.Call("session", Sys.SetSid);
        program.Call("not dumpable", Sys.Prctl, Const.PrSetDumpable, 0);
        program.Call("working directory", Sys.Chdir, program.Text("/"));
        // Ignored, so that the kernel reaps what containers leave behind.
        const long ignore = 1;
        program.Call("signals", Sys.RtSigAction, Const.SigChld, program.Longs(ignore, 0, 0, 0), 0, 8);
        program.Call("close", Sys.CloseRange, 0, uint.MaxValue, 0).Ignore();
        var forever = program.Here();
        program.Call("wait", Sys.Ppoll, 0, 0, 0, 0, 8).OnNegative(forever).OnZero(forever).OnPositive(forever);
        program.Fail(error);
        return program;
    }
}
