using Fogbank.Engines.Linux.Warden;
using System.Globalization;
using System.Net;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Process.Protocol;
using Fogbank.Engines.Process.Sandbox;

namespace Fogbank.Engines.Process.Warden;

/// <summary>
/// Starts sandboxes on the thread that made it. That thread must live as long as the warden: the kernel ends the sandboxes when the
/// thread that spawned them ends, not the process.
/// </summary>
internal sealed class Starter(int launcher, int nullDevice, SandboxHost host, CgroupTree cgroups, TmpImages? tmpImages, Lazy<Networks> networks) : IStarter
{
    private readonly NetworkNamespace _namespaces = new();
    private readonly string _launcherPath = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{launcher}");

    public RunningSandbox Start(long number, SandboxSpec spec, int uid)
    {
        using Descriptors fds = new();
        var group = cgroups.Create(spec.Id, spec.MemoryBytes, spec.CpuMillis, spec.MaxPids);
        NetworkMember? network = null;
        try
        {
            network = spec.Network?.ToSpec() is { } place
                ? networks.Value.Join(spec.Id, place, spec.Endpoints.Select(endpoint => IPAddress.Parse(endpoint.Address)), isDurable: false)
                : null;
            return Start(number, spec, uid, group, network, fds);
        }
        catch
        {
            RemoveGroup(group);
            if (network is not null)
            {
                networks.Value.Leave(network);
            }
            throw;
        }
    }

    private RunningSandbox Start(long number, SandboxSpec spec, int uid, Cgroup group, NetworkMember? network, Descriptors fds)
    {
        var output = fds.Pipe();
        var errorOutput = fds.Pipe();
        var error = fds.Pipe();
        var status = fds.Pipe();
        var tmp = tmpImages is null ? -1 : fds.Add(tmpImages.Take(spec.TmpBytes));
        var groupFolder = group.Unified is null ? -1 : fds.Open(group.Unified, Const.ORdOnly | Const.ODirectory);
        int[] placements = [.. group.PlacementFiles.Select(path => fds.Open(path, Const.OWrOnly))];

        var file = fds.Add(MemoryFile.Create("fogbank-program", executable: false));
        Inheritance inherited = new(launcher, file);
        SandboxDescriptors inside = new()
        {
            Error = inherited.Add(error.Write),
            Status = inherited.Add(status.Write),
            Input = inherited.Add(nullDevice),
            Output = inherited.Add(output.Write),
            ErrorOutput = inherited.Add(errorOutput.Write),
            Tmp = inherited.Add(tmp),
            CgroupFolder = inherited.Add(groupFolder),
            CgroupPlacements = [.. placements.Select(inherited.Add)],
        };
        var program = new SandboxProgram(spec with { Environment = IStarter.EnvironmentOf(spec, Addresses(spec)) }, Move(inherited, inside), host, uid).Write();
        StartReport.WriteProgram(program, file);
        var (pid, listeners) = SpawnInNamespaces(spec, network, inherited.List(), fds);
        var pidfd = Pidfd.Open(pid);
        try
        {
            fds.Close(error.Write);
            StartReport.Check(program, error.Read);
        }
        catch
        {
            StartReport.Discard(pidfd);
            throw;
        }
        return new()
        {
            Number = number,
            Pidfd = pidfd,
            StatusPipe = fds.Take(status.Read),
            Group = group,
            Network = network,
            Uid = uid,
            Outgoing = [fds.Take(output.Read), fds.Take(errorOutput.Read), .. listeners.Select(fds.Take)],
        };
    }

    private (int Pid, int[] Listeners) SpawnInNamespaces(SandboxSpec spec, NetworkMember? network, (int, int)[] descriptors, Descriptors fds)
    {
        var listeners = new int[spec.Endpoints.Count];
        Array.Fill(listeners, -1);
        try
        {
            if (network is null)
            {
                _namespaces.Enter(spec.Endpoints, listeners);
            }
            else
            {
                NetworkNamespace.Enter(network.Descriptor);
                NetworkNamespace.Listen(spec.Endpoints, listeners);
            }
            return (Spawn.Start(_launcherPath, ["fogbank-init"], [], descriptors), listeners);
        }
        finally
        {
            _namespaces.Leave();
            foreach (var fd in listeners.Where(fd => fd >= 0))
            {
                fds.Add(fd);
            }
        }
    }

    internal static SandboxDescriptors Move(Inheritance inherited, SandboxDescriptors places) => new()
    {
        Error = inherited.Number(places.Error),
        Status = inherited.Number(places.Status),
        Input = inherited.Number(places.Input),
        Output = inherited.Number(places.Output),
        ErrorOutput = inherited.Number(places.ErrorOutput),
        Tmp = inherited.Number(places.Tmp),
        CgroupFolder = inherited.Number(places.CgroupFolder),
        CgroupPlacements = [.. places.CgroupPlacements.Select(inherited.Number)],
    };

    private static List<IPEndPoint> Addresses(SandboxSpec spec) =>
        [.. spec.Endpoints.Select(endpoint => new IPEndPoint(IPAddress.Parse(endpoint.Address), endpoint.Port))];

    private static void RemoveGroup(Cgroup group)
    {
        for (var attempt = 0; attempt < 200 && !group.TryRemove(); attempt++)
        {
            Wait.Milliseconds(5);
        }
    }

    public void Dispose() => _namespaces.Dispose();
}
