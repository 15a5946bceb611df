using System.Collections.Concurrent;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Process.Warden;

/// <summary>Waits for the ends of all sandboxes on one thread, and removes control groups once they are empty.</summary>
internal sealed unsafe class Reaper
{
    // A plain workload that is added while the reaper waits is noticed after this.
    private const int IdleMilliseconds = 250;

    private readonly int _epoll = Libc.EpollCreate(Const.OCloExec);
    private readonly ConcurrentDictionary<int, RunningSandbox> _byPidfd = new();
    private readonly List<Cgroup> _emptying = [];

    // Those without control groups: their memory is watched, and what the main process leaves behind is looked for until it is gone.
    private readonly ConcurrentDictionary<RunningSandbox, bool> _plain = new();
    private bool _leftovers;

    /// <summary>Starts to watch one; its end is reported even when it is over already.</summary>
    internal void Add(RunningSandbox sandbox)
    {
        _byPidfd[sandbox.Pidfd] = sandbox;
        if (sandbox.Tree is not null)
        {
            _plain[sandbox] = true;
        }
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
            var count = Libc.EpollWait(_epoll, events, 64, _emptying.Count > 0 || _leftovers ? 5 : _plain.IsEmpty ? IdleMilliseconds : 50);
            for (var i = 0; i < count; i++)
            {
                if (_byPidfd.TryRemove(EpollEvent.Descriptor(events, i), out var sandbox))
                {
                    _plain.TryRemove(sandbox, out _);
                    ended(sandbox);
                }
            }
            _emptying.RemoveAll(static group => group.TryRemove());
            WatchPlain();
        }
    }

    private void WatchPlain()
    {
        _leftovers = false;
        foreach (var sandbox in _plain.Keys)
        {
            if (Wait.Readable(sandbox.StatusPipe, 0))
            {
                _leftovers = true;
                sandbox.Tree!.Kill();
            }
            else
            {
                sandbox.Tree!.Watch();
            }
        }
    }
}
