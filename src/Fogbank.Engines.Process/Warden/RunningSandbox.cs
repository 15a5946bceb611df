using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network;

namespace Fogbank.Engines.Process.Warden;

/// <summary>A workload as its warden keeps it.</summary>
internal sealed class RunningSandbox
{
    private readonly Lock _gate = new();
    private bool _ended;

    /// <summary>The region's number for it.</summary>
    internal required long Number { get; init; }

    /// <summary>Handle on the first process.</summary>
    internal required int Pidfd { get; init; }

    /// <summary>From here the main process's wait status comes.</summary>
    internal required int StatusPipe { get; init; }

    /// <summary>Its control groups, when it is isolated.</summary>
    internal required Cgroup? Group { get; init; }

    /// <summary>Its place in a network, where it has one.</summary>
    internal NetworkMember? Network { get; init; }

    /// <summary>Its processes, when it is not.</summary>
    internal ProcessTree? Tree { get; init; }

    internal bool OutOfMemory => Tree is not null ? Tree.OutOfMemory : Group?.OutOfMemoryKills() > 0;

    internal ResourceUse Stats() => Tree?.Stats() ?? Group!.Stats();

    /// <summary>The control groups, for what cannot be done without.</summary>
    internal Cgroup Controls => Group ?? throw new EngineException(EngineErrorKind.Unsupported, "Without isolation, workloads cannot be frozen or limited.");

    internal required int Uid { get; init; }

    /// <summary>Output and listeners, on their way to the region.</summary>
    internal required int[] Outgoing { get; init; }

    /// <summary>Runs <paramref name="action"/> unless the workload has ended, so that no handle is used after it was closed.</summary>
    internal bool WhileRunning(Action<RunningSandbox> action)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }
            action(this);
            return true;
        }
    }

    /// <summary>Kills the first process, and with it everything in its namespace.</summary>
    internal void Kill() => WhileRunning(static self =>
    {
        if (self.Tree is { } tree)
        {
            tree.Kill(); // its first process ends by itself when nothing is left below it
            return;
        }
        // The version 1 freezer holds back even this signal.
        if (self.Group is { Unified: null, CanFreeze: true })
        {
            self.Group.Freeze(false);
        }
        _ = Pidfd_Kill(self.Pidfd);
        self.Group?.TryLiftCpu();
    });

    /// <summary>Reads the status after the end and gives the handles back.</summary>
    internal unsafe int? Finish()
    {
        lock (_gate)
        {
            _ended = true;
            Linux.Native.Pidfd.Reap(Pidfd);
            int status;
            var known = Libc.Read(StatusPipe, (byte*)&status, 4) == 4;
            _ = Libc.Close(StatusPipe);
            _ = Libc.Close(Pidfd);
            return known ? status : null;
        }
    }

    private static bool Pidfd_Kill(int pidfd) => Linux.Native.Pidfd.Signal(pidfd, Const.SigKill);
}
