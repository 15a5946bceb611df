using System.Collections.Concurrent;
using System.Text.Json;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>
/// This engine's part in the warden: makes groups and containers, controls them, and tells of their ends. What it knows of durable ones
/// lies in their folders as well, so that the next warden finds them.
/// </summary>
internal sealed partial class OciWarden : WardenDriver
{
    private static readonly int Workers = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(8);
    private const int MaxWaiting = 4096;

    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly BlockingCollection<Action<ContainerStarter>> _work = new(MaxWaiting);
    private readonly Watcher _watcher = new();
    private readonly HostThreads _hostThreads = new(4);
    private OciHost? _host;
    private string _groupsFolder = "";
    private Networks? _networks;
    private Action<byte[]>? _tell;
    private volatile bool _closing;

    internal override byte Code => OciEngine.DriverCode;

    internal override bool HasDurable => _groups.Values.Any(group => group.Record.IsDurable && group.Containers.Values.Any(container => container.State.End is null));

    internal override void SetUp(ReadOnlyMemory<byte> payload, WardenContext context)
    {
        var setup = JsonSerializer.Deserialize(payload.Span, OciJson.Default.OciSetup)!;
        _tell = context.Tell;
        _networks = context.Networks.Value;
        var layout = CgroupLayout.Detect();
        _groupsFolder = Path.Combine(setup.RunDirectory, "g");
        Directory.CreateDirectory(_groupsFolder);
        foreach (var pool in (string[])["pool", "tmp"])
        {
            if (Directory.Exists(Path.Combine(setup.RunDirectory, pool)))
            {
                Directory.Delete(Path.Combine(setup.RunDirectory, pool), recursive: true);
            }
        }
        _host = new()
        {
            Launcher = LauncherImage.Open(),
            NullDevice = Libc.Open("/dev/null", Const.ORdWr | Const.OCloExec),
            Runtime = setup.Runtime,
            Monitor = setup.Monitor,
            RuntimeArguments = Path.GetFileName(setup.Runtime) == "crun" ? ["--cgroup-manager=cgroupfs"] : [],
            Cgroups = new(layout, setup.CgroupName),
            Points = new(setup.RunDirectory),
            Storage = TmpImages.TryCreate(Path.Combine(setup.RunDirectory, "pool"), named: true)
                ?? throw new EngineException(EngineErrorKind.Unsupported, "The oci engine needs loop devices and mkfs.ext4 (package e2fsprogs)."),
            TmpImages = TmpImages.TryCreate(Path.Combine(setup.RunDirectory, "tmp")),
        };
        for (var i = 0; i < Workers; i++)
        {
            new Thread(Work, 512 * 1024) { IsBackground = true, Name = "containers" }.Start();
        }
        new Thread(WatchLogs, 256 * 1024) { IsBackground = true, Name = "log sizes" }.Start();
        Adopt();
    }

    private void WatchLogs()
    {
        while (true)
        {
            Wait.Milliseconds(1000);
            foreach (var container in _groups.Values.SelectMany(group => group.Containers.Values))
            {
                try
                {
                    LogBound.Hold(container);
                }
                catch (IOException)
                {
                    // It was removed just now.
                }
            }
        }
    }

    private void Work()
    {
        using ContainerStarter starter = new(_host!);
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work(starter);
        }
        // Ending this thread would end its ephemeral groups before their end was asked for.
        new ManualResetEventSlim().Wait();
    }

    internal override void Handle(WardenRequest request)
    {
        var message = OciMessage.Deserialize(request.Payload.Span);
        switch (message.Type)
        {
            case OciMessageType.Signal or OciMessageType.Freeze or OciMessageType.Thaw or OciMessageType.Cpu or OciMessageType.Stats when message.Container.Length > 0:
                request.Reply(Control(message).Serialize());
                break;
            case OciMessageType.ListGroups:
                request.Reply(new OciMessage
                {
                    Type = OciMessageType.Reply,
                    Ids = [.. _groups.Values.Where(group => group.Record.IsDurable && !group.IsRemoved).Select(group => group.Record.Id)],
                }.Serialize());
                break;
            case OciMessageType.Find:
                request.Reply(new OciMessage
                {
                    Type = OciMessageType.Reply,
                    State = GroupOf(message).Containers.TryGetValue(message.Container, out var found) ? found.State : null,
                }.Serialize());
                break;
            case OciMessageType.Exec:
                new Thread(() => Answer(request, () => request.Reply(Exec(message).Serialize())), 512 * 1024) { IsBackground = true, Name = "exec" }.Start();
                break;
            default:
                Queue(request, starter => Serve(request, message, starter));
                break;
        }
    }

    private void Queue(WardenRequest request, Action<ContainerStarter> work)
    {
        if (_closing || !_work.TryAdd(starter => Answer(request, () => work(starter))))
        {
            throw new EngineException(EngineErrorKind.ResourceExhausted, "Too many workloads wait for their start.");
        }
    }

    private static void Answer(WardenRequest request, Action work)
    {
        try
        {
            work();
        }
        catch (EngineException error)
        {
            request.Fail(error);
        }
        catch (Exception error)
        {
            // The supervisor of all containers: one that cannot be started must not take the others down.
            Console.Error.WriteLine($"fogbank warden: {error}");
            request.Fail(new EngineException(
                error is IOException { HResult: Const.ENoSpc } ? EngineErrorKind.ResourceExhausted : EngineErrorKind.StartFailed, error.Message));
        }
    }

    private void Serve(WardenRequest request, OciMessage message, ContainerStarter starter)
    {
        switch (message.Type)
        {
            case OciMessageType.CreateGroup:
                Send(request, CreateGroup(message.GroupRecord!, starter));
                break;
            case OciMessageType.FindGroup:
                if (_groups.TryGetValue(message.Group, out var found) && !found.IsRemoved && found.Record.IsDurable)
                {
                    Send(request, (found, found.Network?.Listen(found.Record.Endpoints) ?? []));
                    break;
                }
                request.Reply(new OciMessage { Type = OciMessageType.Reply }.Serialize());
                break;
            case OciMessageType.RemoveGroup:
                if (_groups.TryGetValue(message.Group, out var removed))
                {
                    Remove(removed);
                }
                request.Reply(new OciMessage { Type = OciMessageType.Reply }.Serialize());
                break;
            case OciMessageType.Start:
                var started = Start(GroupOf(message), message.Spec!, starter);
                int[] pipes = started.Pipes is var (output, errors) ? [output, errors] : [];
                request.Reply(new OciMessage { Type = OciMessageType.Reply, State = started.State }.Serialize(), pipes);
                foreach (var pipe in pipes)
                {
                    _ = Libc.Close(pipe);
                }
                break;
            case OciMessageType.Remove:
                if (_groups.TryGetValue(message.Group, out var group))
                {
                    Remove(group, message.Container, starter);
                }
                request.Reply(new OciMessage { Type = OciMessageType.Reply }.Serialize());
                break;
            case OciMessageType.Stats:
                request.Reply(new OciMessage { Type = OciMessageType.Reply, Use = StatsOf(GroupOf(message), _host!.Cgroups.Of(message.Group, "")) }.Serialize());
                break;
            case OciMessageType.Connect:
                var socket = GroupOf(message).Network?.NewSocket() ?? throw new EngineException(EngineErrorKind.NotRunning, "The group has no network any more.");
                request.Reply(new OciMessage { Type = OciMessageType.Reply }.Serialize(), [socket]);
                _ = Libc.Close(socket);
                break;
            default:
                throw new EngineException(EngineErrorKind.Unsupported, $"The warden knows no request {message.Type}.");
        }
    }

    private static void Send(WardenRequest request, (Group Group, int[] Listeners) made)
    {
        request.Reply(new OciMessage { Type = OciMessageType.Reply, GroupRecord = made.Group.Record }.Serialize(), made.Listeners);
        foreach (var fd in made.Listeners)
        {
            _ = Libc.Close(fd);
        }
    }

    private Group GroupOf(OciMessage message) => _groups.TryGetValue(message.Group, out var group) && !group.IsRemoved
        ? group
        : throw new EngineException(EngineErrorKind.NotRunning, $"There is no group {message.Group}.");

    private OciMessage Control(OciMessage message)
    {
        var container = GroupOf(message).Containers.GetValueOrDefault(message.Container)
            ?? throw new EngineException(EngineErrorKind.NotRunning, "The workload has ended.");
        ResourceUse? use = null;
        var done = container.WhileRunning(self =>
        {
            switch (message.Type)
            {
                case OciMessageType.Freeze:
                    self.Controls.Freeze(true);
                    break;
                case OciMessageType.Thaw:
                    self.Controls.Freeze(false);
                    break;
                case OciMessageType.Cpu:
                    self.Controls.SetCpu(message.Value < 0 ? null : message.Value);
                    break;
                case OciMessageType.Stats:
                    use = StatsOf(self.Group, self.Controls);
                    break;
                case OciMessageType.Signal when message.Value == Const.SigKill:
                    self.Kill();
                    break;
                case OciMessageType.Signal:
                    _ = Pidfd.Signal(self.Main, message.Value);
                    self.Controls.TryThaw(); // a frozen process would learn of it only later
                    break;
            }
        });
        return done
            ? new OciMessage { Type = OciMessageType.Reply, Use = use }
            : throw new EngineException(EngineErrorKind.NotRunning, "The workload has ended.");
    }

    internal override void EndEphemeral()
    {
        _closing = true;
        _work.CompleteAdding();
        foreach (var group in _groups.Values.Where(group => !group.Record.IsDurable))
        {
            Remove(group);
        }
    }

    internal override void EndDurable()
    {
        Parallel.ForEach(_groups.Values.SelectMany(group => group.Containers.Values), StopOrphan);
    }

    private static void StopOrphan(Container container)
    {
        container.WhileRunning(self =>
        {
            _ = Pidfd.Signal(self.Main, self.State.StopSignal);
            self.Controls.TryThaw();
        });
        if (!container.Ended.Wait(container.State.StopGrace))
        {
            container.Kill();
            container.Ended.Wait(EndLimit);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hostThreads.Dispose();
            _host?.Storage.Dispose();
            _host?.TmpImages?.Dispose();
            RemoveFolders();
        }
        base.Dispose(disposing);
    }

    /// <summary>What is there for all containers goes; where durable groups stay, so does the folder of groups.</summary>
    private void RemoveFolders()
    {
        if (_groupsFolder.Length == 0 || Directory.EnumerateFileSystemEntries(_groupsFolder).Any())
        {
            return;
        }
        try
        {
            Directory.Delete(Path.GetDirectoryName(_groupsFolder)!, recursive: true);
        }
        catch (IOException)
        {
            // A thread has made one more image ahead; the next warden removes it.
        }
    }
}
