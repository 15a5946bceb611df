using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>A container as its warden keeps it.</summary>
internal sealed class Container(Group group, ContainerState state, Cgroup controls)
{
    private readonly Lock _gate = new();
    private bool _isEnding;

    internal Group Group => group;

    internal string Id => State.Id;

    internal string Folder => Path.Combine(group.ContainersFolder, State.Id);

    internal ContainerState State { get; private set; } = state;

    internal Cgroup Controls => controls;

    /// <summary>Handle on its monitor; -1 once it has ended.</summary>
    internal required int Monitor { get; set; }

    /// <summary>Handle on its main process; -1 once it has ended.</summary>
    internal required int Main { get; set; }

    internal int MainPid { get; init; }

    /// <summary>The region's ends of its output and errors; null where they go into a log.</summary>
    internal (int Output, int Errors)? Pipes { get; init; }

    /// <summary>The beginning of its log was given up to here.</summary>
    internal long LogGivenUp { get; set; }

    /// <summary>Is set when it has ended and nothing of it runs any more.</summary>
    internal ManualResetEventSlim Ended { get; } = new();

    /// <summary>Runs <paramref name="action"/> unless the container has ended, so that no handle is used after it was closed.</summary>
    internal bool WhileRunning(Action<Container> action)
    {
        lock (_gate)
        {
            if (_isEnding || State.End is not null)
            {
                return false;
            }
            action(this);
            return true;
        }
    }

    /// <summary>Kills every process of it.</summary>
    internal void Kill() => WhileRunning(static self =>
    {
        self.Controls.TryForbidForks();
        self.Controls.TryThaw(); // the version 1 freezer holds back even this signal
        _ = Pidfd.Signal(self.Main, Const.SigKill);
        self.Controls.TryLiftCpu();
        self.Group.LiftCpu();
    });

    /// <summary>From now on it counts as ended: its control groups are taken away.</summary>
    internal void BeginEnd()
    {
        lock (_gate)
        {
            _isEnding = true;
        }
    }

    internal void Finish(ContainerEnd end)
    {
        lock (_gate)
        {
            State = State with { End = end };
            if (Main >= 0)
            {
                _ = Libc.Close(Main);
                Main = -1;
            }
            if (Monitor >= 0)
            {
                _ = Libc.Close(Monitor);
                Monitor = -1;
            }
        }
        Ended.Set();
    }
}
