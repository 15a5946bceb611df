using System.Collections.Concurrent;
using Fogbank.Engines.Process.Cgroups;
using Fogbank.Engines.Process.Native;

namespace Fogbank.Engines.Process.Warden;

/// <summary>Waits for the ends of all sandboxes on one thread, and removes control groups once they are empty.</summary>
internal sealed unsafe class Reaper
{
    private readonly int _epoll = Libc.EpollCreate(Const.OCloExec);
    private readonly ConcurrentDictionary<int, RunningSandbox> _byPidfd = new();
    private readonly List<Cgroup> _emptying = [];

    /// <summary>Starts to watch one; its end is reported even when it is over already.</summary>
    internal void Add(RunningSandbox sandbox)
    {
        _byPidfd[sandbox.Pidfd] = sandbox;
        var request = stackalloc byte[16];
        EpollEvent.Write(request, Const.EpollIn | Const.EpollOneShot, sandbox.Pidfd);
        if (Libc.EpollControl(_epoll, Const.EpollAdd, sandbox.Pidfd, request) < 0)
        {
            Environment.FailFast($"epoll_ctl failed: {Libc.Describe(Libc.Errno)}.");
        }
    }

    /// <summary>Removes a group, now or as soon as it is empty. Only from the callback of <see cref="Run"/>.</summary>
    internal void Remove(Cgroup group)
    {
        if (!group.TryRemove())
        {
            _emptying.Add(group);
        }
    }

    /// <summary>Never returns.</summary>
    internal void Run(Action<RunningSandbox> ended)
    {
        var events = stackalloc byte[16 * 64];
        while (true)
        {
            var count = Libc.EpollWait(_epoll, events, 64, _emptying.Count > 0 ? 5 : -1);
            for (var i = 0; i < count; i++)
            {
                if (_byPidfd.TryRemove(EpollEvent.Descriptor(events, i), out var sandbox))
                {
                    ended(sandbox);
                }
            }
            _emptying.RemoveAll(static group => group.TryRemove());
        }
    }
}
