using System.Collections.Concurrent;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>Waits on one thread for the ends of processes.</summary>
internal sealed unsafe class Watcher
{
    private readonly int _epoll = Libc.EpollCreate(Const.OCloExec);
    private readonly ConcurrentDictionary<int, Action> _ended = new();

    internal Watcher() => new Thread(Run, 512 * 1024) { IsBackground = true, Name = "container ends" }.Start();

    /// <summary>Calls back once, on the watcher's thread, when the process has ended; at once when it has already.</summary>
    internal void Add(int pidfd, Action ended)
    {
        _ended[pidfd] = ended;
        var request = stackalloc byte[16];
        EpollEvent.Write(request, Const.EpollIn | Const.EpollOneShot, pidfd);
        if (Libc.EpollControl(_epoll, Const.EpollAdd, pidfd, request) < 0)
        {
            Environment.FailFast($"epoll_ctl failed: {Libc.Describe(Libc.Errno)}.");
        }
    }

    private void Run()
    {
        var events = stackalloc byte[16 * 64];
        while (true)
        {
            var count = Libc.EpollWait(_epoll, events, 64, -1);
            for (var i = 0; i < count; i++)
            {
                if (_ended.TryRemove(EpollEvent.Descriptor(events, i), out var ended))
                {
                    ended();
                }
            }
        }
    }
}
