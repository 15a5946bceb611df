namespace Fogbank.Engines.Linux.Native;

/// <summary>Waiting on the warden's own threads, which have nothing else to do meanwhile.</summary>
internal static unsafe class Wait
{
    /// <summary>Lets some time pass.</summary>
    internal static void Milliseconds(int time) => _ = Libc.Poll(null, 0, time);

    /// <summary>Waits until a descriptor can be read or its other end is closed; false after the time.</summary>
    internal static bool Readable(int fd, int milliseconds)
    {
        Libc.PollFd poll = new() { Fd = fd, Events = Const.PollIn };
        int result;
        do
        {
            result = Libc.Poll(&poll, 1, milliseconds);
        }
        while (result < 0 && Libc.Errno == Const.EIntr);
        return result > 0;
    }
}
