using System.Runtime.InteropServices;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>
/// A container's small init: an executable of system calls alone, made for one command. It starts the command, forwards signals to it,
/// reaps what nobody else does, and ends as the command ends.
/// </summary>
internal static class InitProgram
{
    /// <summary>Where it is inside the container.</summary>
    internal const string Place = "/dev/init";

    private const int SignalInfoSize = 128, SetMask = 2, DoNotWait = 1;

    internal static byte[] Build(string program, IReadOnlyList<string> command, IReadOnlyList<string> environment)
    {
        LaunchProgram code = new();
        var all = code.Longs(-1);
        var none = code.Longs(0);
        var signals = code.Longs(0);
        var main = code.Longs(0);
        var pid = code.Longs(0);
        _ = code.Longs(0); // the status is also looked at from 7 bytes before it
        var status = code.Longs(0, 0);
        var info = code.Bytes(new byte[SignalInfoSize]); // struct signalfd_siginfo begins with the signal's number
        LaunchProgram.Label child = new(), next = new(), reap = new(), forward = new(), ended = new(), exited = new(), killed = new();

        code.Call("block signals", Sys.RtSigProcMask, SetMask, all, 0, 8);
        code.Call("signals", Sys.SignalFd4, -1, all, 8, Const.OCloExec).Into(signals);
        code.Call("fork", Sys.Clone, Const.SigChld).OnZero(child).Into(main);
        var toRead = code.Compare(signals, 0);
        var toForward = code.Compare(main, 0);
        var toMain = code.Compare(main, 0);

        next.Index = code.Here().Index;
        var read = code.Call("read", Sys.Read, 0, info, SignalInfoSize).OnNegative(next).OnZero(next);
        toRead.Into(read.Argument(0));
        code.Compare(info, Const.SigChld).OnZero(reap).OnNegative(forward).OnPositive(forward);

        forward.Index = code.Here().Index;
        var number = code.Compare(info, 0);
        var kill = code.Call("forward", Sys.Kill, 0, 0).OnNegative(next).OnZero(next).OnPositive(next);
        number.Into(kill.Argument(1));
        toForward.Into(kill.Argument(0));

        reap.Index = code.Here().Index;
        code.Call("reap", Sys.Wait4, -1, status, DoNotWait, 0).Into(pid).OnNegative(next).OnZero(next);
        var isMain = code.Compare(pid, 0).OnNegative(reap).OnPositive(reap).OnZero(ended);
        toMain.Into(isMain.Argument(1));

        // The status's lowest byte alone, moved to the top: 0 says that it exited by itself, with the code in the next byte.
        ended.Index = code.Here().Index;
        code.Compare(status - 7, 0).OnZero(exited).OnNegative(killed).OnPositive(killed);
        exited.Index = code.Here().Index;
        Exit(code, code.Compare(status + 1, 0));
        // Else it is the signal's number, which is told as a shell does.
        killed.Index = code.Here().Index;
        Exit(code, code.Compare(status, -128));

        child.Index = code.Here().Index;
        code.Call("unblock signals", Sys.RtSigProcMask, SetMask, none, 0, 8);
        code.Call("session", Sys.SetSid).Ignore();
        code.Call("execute", Sys.Execve, code.Text(program), code.Texts(command), code.Texts(environment));
        code.Fail(-1);
        return LauncherImage.BuildWith(RuntimeInformation.ProcessArchitecture, code.Build());
    }

    /// <summary>Ends with the lowest byte of a result.</summary>
    internal static void Exit(LaunchProgram code, LaunchProgram.Operation result)
    {
        var exit = code.Call("exit", Sys.ExitGroup, 0);
        result.Into(exit.Argument(0));
    }
}
