using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Oci.Images;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci;

/// <summary>Makes what the warden gets of what the caller gave.</summary>
internal static class ContainerSpecs
{
    internal static ContainerSpec Of(WorkloadSpec spec, LayerLease lease, string hostName, int? groupCpuMillis) => new()
    {
        Id = spec.Id,
        Command = [.. spec.Command],
        WorkingDirectory = spec.WorkingDirectory,
        Environment = [.. spec.Environment.Select(pair => $"{pair.Key}={pair.Value}")],
        Layers = [.. lease.Folders],
        DiffIds = [.. lease.DiffIds],
        MemoryBytes = spec.MemoryBytes,
        // Version 1 of control groups refuses a share that is larger than that of the whole.
        CpuMillis = spec.CpuMillis is { } own && groupCpuMillis is { } whole ? Math.Min(own, whole) : spec.CpuMillis,
        StartUnthrottled = spec.StartUnthrottled,
        MaxPids = spec.MaxPids,
        TmpBytes = spec.TmpBytes,
        User = spec.User,
        HostName = hostName,
        StopSignal = (int)spec.StopSignal,
        StopGrace = spec.StopGrace,
        ReadOnlyRoot = spec.ReadOnlyRoot,
        NoNewPrivileges = spec.NoNewPrivileges,
        Volumes = [.. spec.Volumes.Select(volume => new VolumeRecord(volume.Volume, volume.Target, volume.ReadOnly))],
        Tmpfs = [.. spec.Tmpfs.Select(tmpfs => new TmpfsRecord(tmpfs.Target, tmpfs.SizeBytes, [.. tmpfs.Options.Where(option => option != "defaults")]))],
        SharedMemoryBytes = spec.SharedMemoryBytes,
        Limits = Limits(spec),
        Capabilities = CapabilityRules.Of(spec),
        CpuShares = spec.CpuShares,
        MemoryReservationBytes = spec.MemoryReservationBytes,
        Init = spec.Init,
        Terminal = spec.Terminal,
        Labels = new(spec.Labels),
    };

    private static List<ResourceLimit> Limits(WorkloadSpec spec)
    {
        List<ResourceLimit> limits = [.. spec.Limits];
        if (!limits.Exists(limit => limit.Name == "nofile"))
        {
            limits.Add(new("nofile", spec.MaxOpenFiles, spec.MaxOpenFiles));
        }
        if (!limits.Exists(limit => limit.Name == "core"))
        {
            limits.Add(new("core", 0, 0));
        }
        return [.. limits.Select(ResourceLimits.Clamp)];
    }
}
