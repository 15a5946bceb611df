namespace Fogbank.Engines.Linux.Native;

/// <summary>Handles on processes that, unlike numbers, never name another one.</summary>
internal static unsafe class Pidfd
{
    /// <summary>Opens a child that has not been reaped. Closed on exec.</summary>
    internal static int Open(int pid)
    {
        var fd = Libc.Syscall(Sys.PidfdOpen, pid);
        return fd >= 0 ? (int)fd : throw new EngineException(EngineErrorKind.StartFailed, $"pidfd_open failed: {Libc.Describe(Libc.Errno)}.");
    }

    /// <summary>Sends a signal; false when the process is gone.</summary>
    internal static bool Signal(int pidfd, int signal) => Libc.Syscall(Sys.PidfdSendSignal, pidfd, signal) == 0;

    /// <summary>Waits for a child and reaps it. Its exit code; null where a signal ended it, or where it is not a child of this process.</summary>
    internal static int? Reap(int pidfd)
    {
        const int byPidfd = 3, exited = 4, byItself = 1;
        var info = stackalloc int[32]; // siginfo_t: number, errno, code, 0, process, user, status
        long result;
        while ((result = Libc.Syscall(Sys.WaitId, byPidfd, pidfd, (long)info, exited)) < 0 && Libc.Errno == Const.EIntr)
        {
        }
        return result >= 0 && info[2] == byItself ? info[6] : null;
    }
}
