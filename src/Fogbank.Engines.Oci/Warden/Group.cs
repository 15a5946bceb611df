using System.Collections.Concurrent;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>A group as its warden keeps it.</summary>
internal sealed class Group(GroupRecord record, string folder, Cgroup controls)
{
    private int _isUnlimited;

    /// <summary>Held while the group is made, something is started in it, or it is removed.</summary>
    internal Lock Gate { get; } = new();

    internal GroupRecord Record => record;

    internal string Folder => folder;

    internal string KeeperFile => Path.Combine(folder, "keeper.json");

    internal string EtcFolder => Path.Combine(folder, "etc");

    internal string StorageFile => Path.Combine(folder, "storage.img");

    internal string ContainersFolder => Path.Combine(folder, "c");

    internal ConcurrentDictionary<string, Container> Containers { get; } = new(StringComparer.Ordinal);

    /// <summary>Handle on its keeper, or -1 without one.</summary>
    internal int Keeper { get; set; } = -1;

    internal ProcessIdentity? KeeperIdentity { get; set; }

    internal TmpImage? Storage { get; set; }

    internal NetworkMember? Network { get; set; }

    internal bool IsRemoved { get; set; }

    /// <summary>Lifts the limit of CPU time of the whole: a thousand processes that were killed need it to end.</summary>
    internal void LiftCpu()
    {
        if (record.CpuMillis is not null && Interlocked.Exchange(ref _isUnlimited, 1) == 0)
        {
            controls.TryLiftCpu();
        }
    }

    /// <summary>Limits CPU time again where it was lifted: other containers may go on.</summary>
    internal void RestoreCpu()
    {
        if (record.CpuMillis is { } millis && Interlocked.Exchange(ref _isUnlimited, 0) == 1)
        {
            controls.TryLimitCpu(millis);
        }
    }

    /// <summary>Opens one of the keeper's namespaces; the caller closes it.</summary>
    internal int OpenNamespace(string name, Descriptors fds) => Keeper >= 0 && KeeperIdentity is { } keeper
        ? fds.Open(FormattableString.Invariant($"/proc/{keeper.Pid}/ns/{name}"), Const.ORdOnly)
        : throw new EngineException(EngineErrorKind.NotRunning, $"The group {record.Id} has lost its keeper.");
}
