using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>What a launch says of itself: its error pipe closes when the command is executed; before that it names the step that failed.</summary>
internal static unsafe class StartReport
{
    private const int TimeoutMilliseconds = 10_000;

    /// <summary>Waits for the outcome and throws unless the command runs.</summary>
    internal static void Check(LaunchProgram program, int errorPipe)
    {
        if (!Wait.Readable(errorPipe, TimeoutMilliseconds))
        {
            throw new EngineException(EngineErrorKind.Unavailable, "The sandbox was not ready in time.");
        }
        var report = stackalloc long[2];
        var length = Libc.Read(errorPipe, (byte*)report, 16);
        if (length == 0)
        {
            return;
        }
        var error = (int)-report[1];
        var step = length == 16 ? program.Describe(report[0]) : "unknown step";
        var kind = step switch
        {
            "execute" or "working directory" when error is Const.ENoEnt or Const.EAcces or Const.ENotDir or Const.ENoExec or Const.ELoop => EngineErrorKind.CommandNotExecutable,
            _ when error is Const.EAgain or Const.ENoMem or Const.ENoSpc => EngineErrorKind.ResourceExhausted,
            _ => EngineErrorKind.StartFailed,
        };
        throw new EngineException(kind, $"The workload could not be started at step '{step}': {Libc.Describe(error)}.");
    }

    /// <summary>Puts a program where its process finds it.</summary>
    internal static void WriteProgram(LaunchProgram program, int file)
    {
        var image = program.Build();
        fixed (byte* bytes = image)
        {
            if (Libc.PWrite(file, bytes, image.Length, 0) != image.Length)
            {
                throw new EngineException(EngineErrorKind.ResourceExhausted, $"The launch program could not be written: {Libc.Describe(Libc.Errno)}.");
            }
        }
    }

    /// <summary>Ends a process whose launch failed.</summary>
    internal static void Discard(int pidfd)
    {
        _ = Pidfd.Signal(pidfd, Const.SigKill);
        Pidfd.Reap(pidfd);
        _ = Libc.Close(pidfd);
    }
}
