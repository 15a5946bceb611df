using System.Globalization;
using System.Text;
using System.Text.Json;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci.Images;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>
/// Makes groups and containers on the thread that made it, in a mount namespace of that thread. The thread must live as long as the
/// warden: ephemeral groups end with the thread that made them.
/// </summary>
internal sealed unsafe class ContainerStarter : IDisposable
{
    private const int SyncMilliseconds = 20_000;
    private const string Name = "c"; // of every container in its own state folder

    private readonly OciHost _host;
    private readonly NetworkNamespace _namespaces;
    private readonly string _launcherPath;

    internal ContainerStarter(OciHost host)
    {
        _host = host;
        _namespaces = new();
        _launcherPath = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{host.Launcher}");
        PrivateMounts.Enter();
    }

    /// <summary>Starts a group's keeper in its network, with new process numbers.</summary>
    internal void StartKeeper(Group group)
    {
        using Descriptors fds = new();
        var error = fds.Pipe();
        var file = fds.Add(MemoryFile.Create("fogbank-program", executable: false));
        Inheritance inherited = new(_host.Launcher, file);
        var place = inherited.Add(error.Write);
        var program = KeeperProgram.Write(inherited.Number(place), !group.Record.IsDurable);
        StartReport.WriteProgram(program, file);
        int pid;
        try
        {
            NetworkNamespace.Enter(group.Network!.Descriptor);
            pid = Spawn.Start(_launcherPath, ["fogbank-keeper"], [], inherited.List());
        }
        finally
        {
            _namespaces.Leave();
        }
        var pidfd = Pidfd.Open(pid);
        try
        {
            fds.Close(error.Write);
            StartReport.Check(program, error.Read);
            group.KeeperIdentity = ProcessIdentity.Of(pid) ?? throw new EngineException(EngineErrorKind.StartFailed, "The group's keeper ended at once.");
        }
        catch
        {
            StartReport.Discard(pidfd);
            throw;
        }
        group.Keeper = pidfd;
    }

    /// <summary>Runs something while a group's storage can be reached at its mount point, on this thread.</summary>
    internal void InStorage(Group group, Action action)
    {
        PrivateMounts.Attach(TmpImages.Mount(group.Storage!.DevicePath), _host.Points.Storage, close: true);
        try
        {
            action();
        }
        finally
        {
            PrivateMounts.Detach(_host.Points.Storage);
        }
    }

    /// <summary>Starts a container; nothing is left of it when this throws.</summary>
    internal Container Start(Group group, ContainerSpec spec)
    {
        var folder = Path.Combine(group.ContainersFolder, spec.Id);
        var controls = _host.Cgroups.Of(group.Record.Id, spec.Id);
        using Descriptors fds = new();
        Directory.CreateDirectory(Path.Combine(folder, "exit"));
        try
        {
            return Start(group, spec, folder, controls, fds);
        }
        catch
        {
            Clear(group, spec.Id, folder, controls);
            throw;
        }
    }

    private Container Start(Group group, ContainerSpec spec, string folder, Cgroup controls, Descriptors fds)
    {
        var root = -1;
        var program = "";
        ImageUser? user = null;
        InStorage(group, () =>
        {
            root = fds.Add(MountRoot(spec));
            RootFiles files = new(root);
            user = ImageUser.Find(spec.User, files.ReadText("etc/passwd"), files.ReadText("etc/group"));
            program = files.FindCommand(spec.Command[0], spec.WorkingDirectory, SearchPath(spec));
            Seed(files, spec);
        });
        var storage = spec.Volumes.Count > 0 ? fds.Add(TmpImages.Mount(group.Storage!.DevicePath)) : -1;
        var tmp = spec.TmpBytes > 0 && _host.TmpImages is { } images ? fds.Add(images.Take(spec.TmpBytes)) : -1;
        string? init = null;
        if (spec.Init)
        {
            init = Path.Combine(folder, "init");
            Spawn.WriteExecutable(init, InitProgram.Build(program, spec.Command, [.. spec.Environment, .. EndpointVariables(group.Record), .. Home(spec, user!)]));
        }
        Bundle bundle = new(spec, group.Record, _host.Points)
        {
            CgroupPath = _host.Cgroups.PathOf(group.Record.Id, spec.Id),
            User = user!,
            EtcFolder = group.EtcFolder,
            OwnTmp = tmp >= 0,
            PrecompiledFilter = _host.IsCrun,
            InitFile = init,
            AddedEnvironment = EndpointVariables(group.Record),
        };
        File.WriteAllBytes(Path.Combine(folder, "config.json"), bundle.Write());
        // A terminal comes by a socket that only the monitor can name.
        var placesItself = _host.PlacesItself && !spec.Terminal;
        var placements = placesItself ? _host.Cgroups.CreateForContainer(group.Record.Id, spec.Id) : [];
        // What dies with its region needs no log on disk and nobody who keeps it.
        (int Read, int Write)[] pipes = group.Record.IsDurable || spec.Terminal ? [] : [fds.Pipe(), fds.Pipe()];
        if (pipes.Length == 0)
        {
            File.WriteAllBytes(Path.Combine(folder, "log"), []);
            if (placesItself)
            {
                Spawn.WriteExecutable(RuntimeProgram.PathOf(folder), RuntimeProgram.Build(
                    placements, _host.Runtime, folder, Path.Combine(folder, "state"), Name));
            }
        }
        var monitor = pipes is [var output, var errors]
            ? SpawnWaiter(group, folder, placements, root, storage, tmp, output, errors, fds)
            : SpawnMonitor(group, folder, placesItself ? RuntimeProgram.PathOf(folder) : _host.Runtime, spec.Terminal, root, storage, tmp, fds);
        try
        {
            if (pipes.Length == 0)
            {
                AwaitCreated(monitor.Sync, folder);
            }
            else
            {
                AwaitRuntime(monitor.Sync, folder);
            }
            if (placesItself)
            {
                _host.Cgroups.Limit(group.Record.Id, spec);
            }
            var main = MainOf(controls);
            var state = new ContainerState
            {
                Id = spec.Id,
                StartedAt = TimeProvider.System.GetUtcNow(),
                StopSignal = spec.StopSignal,
                StopGrace = spec.StopGrace,
                DiffIds = spec.DiffIds,
            };
            if (pipes.Length == 0)
            {
                WriteRecord(folder, state, monitor.Pid, main);
            }
            Container container = new(group, state, controls)
            {
                Monitor = monitor.Handle,
                Main = main.Open(),
                MainPid = main.Pid,
                Pipes = pipes.Length == 0 ? null : (pipes[0].Read, pipes[1].Read),
            };
            Go(folder, container);
            foreach (var (read, _) in pipes)
            {
                fds.Take(read);
            }
            return container;
        }
        catch
        {
            KillAll(controls);
            StartReport.Discard(monitor.Handle);
            throw;
        }
    }

    // What OCI runtimes set where nobody else does.
    private static string[] Home(ContainerSpec spec, ImageUser user) =>
        spec.Environment.Exists(variable => variable.StartsWith("HOME=", StringComparison.Ordinal)) ? [] : ["HOME=" + (user.Home ?? "/")];

    /// <summary>Copies what the image has at a volume's place into a volume that is still empty.</summary>
    private void Seed(RootFiles files, ContainerSpec spec)
    {
        foreach (var volume in spec.Volumes)
        {
            var target = _host.Points.Volume(volume.Volume);
            if (Directory.EnumerateFileSystemEntries(target).Any())
            {
                continue;
            }
            using Descriptors fds = new();
            var source = files.TryOpen(volume.Target, Const.ORdOnly | Const.ODirectory);
            if (source < 0)
            {
                continue;
            }
            fds.Add(source);
            var pid = Spawn.Start("/bin/cp", ["cp", "-a", "/proc/self/fd/9/.", target], ["PATH=/usr/bin:/bin"],
                [(_host.NullDevice, 0), (_host.NullDevice, 1), (_host.NullDevice, 2), (source, 9)]);
            if (Libc.Wait(pid) != 0)
            {
                throw new EngineException(EngineErrorKind.ResourceExhausted, $"What the image has at {volume.Target} could not be copied into the volume {volume.Volume}.");
            }
        }
    }

    private int MountRoot(ContainerSpec spec)
    {
        var (upper, work) = (_host.Points.Upper(spec.Id), _host.Points.Work(spec.Id));
        var parent = Path.GetDirectoryName(upper)!;
        if (Directory.Exists(parent))
        {
            Directory.Delete(parent, recursive: true); // of a start that was interrupted
        }
        Directory.CreateDirectory(upper);
        Directory.CreateDirectory(work);
        Permissions.Set(upper, (UnixFileMode)0x1ed);
        return OverlayRoot.Mount(spec.Layers, upper, work, Const.MountAttrNoDev, isVolatile: true);
    }

    /// <summary>Starts the monitor of an ephemeral container, which waits for the OCI runtime and then for the container itself.</summary>
    private (int Pid, int Handle, int Sync) SpawnWaiter(
        Group group, string folder, List<string> placements, int root, int storage, int tmp, (int Read, int Write) output, (int Read, int Write) errors, Descriptors fds)
    {
        var error = fds.Pipe();
        var sync = fds.Pipe();
        var file = fds.Add(MemoryFile.Create("fogbank-program", executable: false));
        Inheritance inherited = new(_host.Launcher, file);
        int[] places = [.. ((int[])[error.Write, _host.NullDevice, output.Write, errors.Write, root, storage, tmp, sync.Write]).Select(inherited.Add)];
        int[] numbers = [.. places.Select(inherited.Number)];
        var program = WaiterProgram.Write(
            new() { Error = numbers[0], Input = numbers[1], Output = numbers[2], Errors = numbers[3], Root = numbers[4], Storage = numbers[5], Tmp = numbers[6], Sync = numbers[7] },
            _host.Points, _host.Cgroups.HiddenMount, folder, placements,
            [
                _host.Runtime, "--root", Path.Combine(folder, "state"), "--log", Path.Combine(folder, "monitor.log"),
                .. placements.Count > 0 ? ["--cgroup-manager=disabled"] : _host.RuntimeArguments,
                "create", "--no-new-keyring", "--bundle", folder, Name,
            ]);
        StartReport.WriteProgram(program, file);
        var (pid, handle) = SpawnIn(group, inherited, fds);
        try
        {
            foreach (var fd in (int[])[error.Write, output.Write, errors.Write, sync.Write])
            {
                fds.Close(fd);
            }
            StartReport.Check(program, error.Read);
        }
        catch
        {
            StartReport.Discard(handle);
            throw;
        }
        return (pid, handle, sync.Read);
    }

    /// <summary>The OCI runtime has ended: it made the container, or its log says why not.</summary>
    private static void AwaitRuntime(int sync, string folder)
    {
        long status = -1;
        if (!Wait.Readable(sync, SyncMilliseconds))
        {
            throw new EngineException(EngineErrorKind.Unavailable, "The OCI runtime did not make the container in time.");
        }
        if (Libc.Read(sync, (byte*)&status, sizeof(long)) != sizeof(long) || status != 0)
        {
            var log = Path.Combine(folder, "monitor.log");
            throw RuntimeErrors.Of(File.Exists(log) ? File.ReadAllText(log) : "");
        }
    }

    /// <summary>Starts a launch program among the processes of a group.</summary>
    private (int Pid, int Handle) SpawnIn(Group group, Inheritance inherited, Descriptors fds)
    {
        var pids = group.OpenNamespace("pid", fds);
        int pid;
        try
        {
            NetworkNamespace.Join(-1, pids);
            pid = Spawn.Start(_launcherPath, ["fogbank-monitor"], [], inherited.List());
        }
        finally
        {
            _namespaces.Leave();
        }
        return (pid, Pidfd.Open(pid));
    }

    private (int Pid, int Handle, int Sync) SpawnMonitor(
        Group group, string folder, string runtime, bool terminal, int root, int storage, int tmp, Descriptors fds)
    {
        var error = fds.Pipe();
        var sync = fds.Pipe();
        var start = fds.Pipe();
        var log = fds.Add(Libc.Open(Path.Combine(folder, "monitor.log"), Const.OWrOnly | Const.OCreate | Const.OCloExec, 0x180));
        var file = fds.Add(MemoryFile.Create("fogbank-program", executable: false));
        Inheritance inherited = new(_host.Launcher, file);
        int[] places = [.. ((int[])[error.Write, _host.NullDevice, log, root, storage, tmp, sync.Write, start.Read]).Select(inherited.Add)];
        int[] numbers = [.. places.Select(inherited.Number)];
        var program = MonitorProgram.Write(
            new() { Error = numbers[0], Input = numbers[1], Log = numbers[2], Root = numbers[3], Storage = numbers[4], Tmp = numbers[5], Sync = numbers[6], Start = numbers[7] },
            _host.Points, _host.Cgroups.HiddenMount, folder,
            [
                _host.Monitor, "--sync", "--full-attach", "--no-new-keyring", "--no-sync-log", .. terminal ? (string[])["-t"] : [], "-c", Name, "-u", Name, "-n", Name, "-r", runtime, "-b", folder,
                "-p", Path.Combine(folder, "pid"), "--exit-dir", Path.Combine(folder, "exit"), "-l", "k8s-file:" + Path.Combine(folder, "log"),
                "--runtime-arg", "--root", "--runtime-arg", Path.Combine(folder, "state"), .. _host.RuntimeArguments.SelectMany(text => (string[])["--runtime-arg", text]),
            ]);
        StartReport.WriteProgram(program, file);
        var (pid, handle) = SpawnIn(group, inherited, fds);
        try
        {
            fds.Close(error.Write);
            fds.Close(sync.Write);
            fds.Close(start.Read);
            StartReport.Check(program, error.Read);
            var go = (byte)'x';
            _ = Libc.Write(start.Write, &go, 1);
        }
        catch
        {
            StartReport.Discard(handle);
            throw;
        }
        return (pid, handle, sync.Read);
    }

    /// <summary>The monitor says when the OCI runtime has made the container, or why not.</summary>
    private static void AwaitCreated(int sync, string folder)
    {
        StringBuilder text = new();
        var buffer = stackalloc byte[4096];
        while (!text.ToString().Contains('\n', StringComparison.Ordinal))
        {
            if (!Wait.Readable(sync, SyncMilliseconds))
            {
                throw new EngineException(EngineErrorKind.Unavailable, "The OCI runtime did not make the container in time.");
            }
            var read = Libc.Read(sync, buffer, 4096);
            if (read <= 0)
            {
                break;
            }
            text.Append(Encoding.UTF8.GetString(buffer, (int)read));
        }
        var message = "";
        try
        {
            using var json = JsonDocument.Parse(text.Length == 0 ? "{}" : text.ToString());
            if ((json.RootElement.TryGetProperty("pid", out var pid) || json.RootElement.TryGetProperty("data", out pid)) && pid.GetInt32() > 0)
            {
                return;
            }
            message = json.RootElement.TryGetProperty("message", out var told) ? told.GetString() ?? "" : "";
        }
        catch (JsonException)
        {
            message = text.ToString();
        }
        var log = Path.Combine(folder, "monitor.log");
        throw RuntimeErrors.Of(message.Length > 0 ? message : File.Exists(log) ? File.ReadAllText(log) : "");
    }

    private static ProcessIdentity MainOf(Cgroup controls) =>
        controls.Processes().Select(ProcessIdentity.Of).FirstOrDefault(process => process is not null)
        ?? throw new EngineException(EngineErrorKind.StartFailed, "The container ended before it was started.");

    /// <summary>Lets the container's first process become the command: it waits at a pipe with a name.</summary>
    private static void Go(string folder, Container container)
    {
        var path = Path.Combine(folder, "state", Name, "exec.fifo");
        for (var attempt = 0; attempt < 5000; attempt++)
        {
            var fd = Libc.Open(path, Const.OWrOnly | Const.ONonBlock | Const.OCloExec);
            if (fd >= 0)
            {
                byte zero = 0;
                _ = Libc.Write(fd, &zero, 1);
                _ = Libc.Close(fd);
                return;
            }
            if (Wait.Readable(container.Main, 2))
            {
                return; // it has ended, and how will be told
            }
        }
        throw new EngineException(EngineErrorKind.Unavailable, "The container did not wait for its start.");
    }

    private static void WriteRecord(string folder, ContainerState state, int monitor, ProcessIdentity main)
    {
        ContainerRecord record = new()
        {
            State = state,
            Monitor = ProcessIdentity.Of(monitor) ?? throw new EngineException(EngineErrorKind.StartFailed, "The container's monitor ended at once."),
            Main = main,
        };
        AtomicFile.Write(Path.Combine(folder, "container.json"), JsonSerializer.SerializeToUtf8Bytes(record, OciJson.Default.ContainerRecord));
    }

    /// <summary>Takes away what a container has left, or a start that failed.</summary>
    internal void Clear(Group group, string id, string folder, Cgroup controls)
    {
        KillAll(controls);
        for (var attempt = 0; attempt < 400 && !controls.TryRemove(); attempt++)
        {
            Wait.Milliseconds(5);
        }
        InStorage(group, () =>
        {
            var parent = Path.GetDirectoryName(_host.Points.Upper(id))!;
            if (Directory.Exists(parent))
            {
                Directory.Delete(parent, recursive: true);
            }
        });
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Kills every process in control groups until there is none.</summary>
    internal static void KillAll(Cgroup controls)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var left = false;
            foreach (var pid in controls.Processes())
            {
                left = true;
                _ = Libc.Kill(pid, Const.SigKill);
            }
            if (!left)
            {
                return;
            }
            if (attempt == 0)
            {
                controls.TryForbidForks();
                controls.TryThaw();
                controls.TryLiftCpu();
            }
            Wait.Milliseconds(2);
        }
    }

    private static string SearchPath(ContainerSpec spec) =>
        spec.Environment.LastOrDefault(variable => variable.StartsWith("PATH=", StringComparison.Ordinal))?[5..]
        ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static List<string> EndpointVariables(GroupRecord group)
    {
        List<string> variables = [];
        foreach (var endpoint in group.Endpoints)
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"{endpoint.Address}:{endpoint.Port}");
            if (endpoint.AddressVariable is { } variable)
            {
                variables.Add($"{variable}={address}");
            }
            if (endpoint.UrlVariable is { } url)
            {
                variables.Add($"{url}=http://{address}");
            }
        }
        return variables;
    }

    public void Dispose() => _namespaces.Dispose();
}
