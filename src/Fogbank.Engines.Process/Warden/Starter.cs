using System.Globalization;
using System.Net;
using Fogbank.Engines.Process.Cgroups;
using Fogbank.Engines.Process.Native;
using Fogbank.Engines.Process.Protocol;
using Fogbank.Engines.Process.Sandbox;

namespace Fogbank.Engines.Process.Warden;

/// <summary>
/// Starts sandboxes on the thread that made it. That thread must live as long as the warden: the kernel ends the sandboxes when the
/// thread that spawned them ends, not the process.
/// </summary>
internal sealed unsafe class Starter(int launcher, int nullDevice, SandboxHost host, CgroupTree cgroups, TmpImages? tmpImages) : IDisposable
{
    private const int StartTimeoutMilliseconds = 10_000;

    private readonly NetworkNamespace _namespaces = new();
    private readonly string _launcherPath = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{launcher}");

    /// <summary>Starts one and returns once its command was executed.</summary>
    internal RunningSandbox Start(long number, SandboxSpec spec, int uid)
    {
        using Descriptors fds = new();
        var group = cgroups.Create(spec.Id, spec.MemoryBytes, spec.CpuMillis, spec.MaxPids);
        try
        {
            return Start(number, spec, uid, group, fds);
        }
        catch
        {
            RemoveGroup(group);
            throw;
        }
    }

    private RunningSandbox Start(long number, SandboxSpec spec, int uid, Cgroup group, Descriptors fds)
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
        var program = new SandboxProgram(WithEndpoints(spec), inherited.Move(inside), host, uid).Write();
        var image = program.Build();
        fixed (byte* bytes = image)
        {
            if (Libc.PWrite(file, bytes, image.Length, 0) != image.Length)
            {
                throw new EngineException(EngineErrorKind.ResourceExhausted, $"The launch program could not be written: {Libc.Describe(Libc.Errno)}.");
            }
        }
        var (pid, listeners) = SpawnInNamespaces(spec, inherited.List(), fds);
        var pidfd = Pidfd.Open(pid);
        try
        {
            fds.Close(error.Write);
            CheckStarted(program, error.Read);
        }
        catch
        {
            _ = Pidfd.Signal(pidfd, Const.SigKill);
            Pidfd.Reap(pidfd);
            _ = Libc.Close(pidfd);
            throw;
        }
        return new()
        {
            Number = number,
            Pid = pid,
            Pidfd = pidfd,
            StatusPipe = fds.Take(status.Read),
            Group = group,
            Uid = uid,
            Outgoing = [fds.Take(output.Read), fds.Take(errorOutput.Read), .. listeners.Select(fds.Take)],
        };
    }

    private (int Pid, int[] Listeners) SpawnInNamespaces(SandboxSpec spec, (int, int)[] descriptors, Descriptors fds)
    {
        var listeners = new int[spec.Endpoints.Count];
        Array.Fill(listeners, -1);
        try
        {
            _namespaces.Enter(spec.Endpoints, listeners);
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

    /// <summary>The error pipe closes when the command is executed; before that it names the step that failed.</summary>
    private static void CheckStarted(LaunchProgram program, int errorPipe)
    {
        if (!Wait.Readable(errorPipe, StartTimeoutMilliseconds))
        {
            throw new EngineException(EngineErrorKind.Unavailable, "The sandbox was not ready in time.");
        }
        var report = stackalloc long[2];
        var length = Libc.Read(errorPipe, (byte*)report, 16);
        if (length == 0)
        {
            return;
        }
        var error = (int)-report[1];
        var step = length == 16 ? program.Describe(report[0]) : "unknown step";
        var kind = step switch
        {
            "execute" or "working directory" when error is Const.ENoEnt or Const.EAcces or Const.ENotDir or Const.ENoExec or Const.ELoop => EngineErrorKind.CommandNotExecutable,
            _ when error is Const.EAgain or Const.ENoMem or Const.ENoSpc => EngineErrorKind.ResourceExhausted,
            _ => EngineErrorKind.StartFailed,
        };
        throw new EngineException(kind, $"The workload could not be started at step '{step}': {Libc.Describe(error)}.");
    }

    private static SandboxSpec WithEndpoints(SandboxSpec spec)
    {
        List<string> environment = [.. spec.Environment];
        foreach (var endpoint in spec.Endpoints)
        {
            var address = new IPEndPoint(IPAddress.Parse(endpoint.Address), endpoint.Port).ToString();
            if (endpoint.AddressVariable is { } variable)
            {
                environment.Add($"{variable}={address}");
            }
            if (endpoint.UrlVariable is { } url)
            {
                environment.Add($"{url}=http://{address}");
            }
        }
        return spec with { Environment = environment };
    }

    private static void RemoveGroup(Cgroup group)
    {
        for (var attempt = 0; attempt < 200 && !group.TryRemove(); attempt++)
        {
            Wait.Milliseconds(5);
        }
    }

    public void Dispose() => _namespaces.Dispose();
}
