using System.Collections.Concurrent;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Process.Protocol;
using Fogbank.Engines.Process.Sandbox;

namespace Fogbank.Engines.Process.Warden;

/// <summary>
/// The warden: takes requests from the region until its end of the socket closes, then ends everything. One thread receives, some start
/// sandboxes side by side, one waits for ends.
/// </summary>
internal sealed class WardenServer(WardenChannel channel) : IDisposable
{
    // Starting is mostly kernel work that waits for grace periods, so a few more threads than cores help.
    private static readonly int StarterThreads = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);

    // More than this cannot be started before their callers give up.
    private const int MaxWaitingStarts = 4096;

    // Below the range of ordinary users' ids, above those that systemd and subuid hand out.
    private const int FirstUid = 1_900_000_000;

    private readonly ConcurrentDictionary<long, RunningSandbox> _sandboxes = new();
    private readonly BlockingCollection<WardenMessage> _starts = new(MaxWaitingStarts);
    private readonly ConcurrentQueue<int> _freeUids = new();
    private readonly Reaper _reaper = new();
    private int _nextUid = FirstUid;
    private WardenSetup? _setup;
    private CgroupTree? _cgroups;
    private SandboxHost? _host;
    private TmpImages? _tmpImages;
    private volatile bool _closing;

    /// <summary>Serves until the region is gone.</summary>
    internal void Run()
    {
        List<int> descriptors = [];
        while (channel.Receive(descriptors) is { } bytes)
        {
            Handle(WardenMessage.Deserialize(bytes.Span));
        }
        Close();
    }

    private void Handle(WardenMessage message)
    {
        try
        {
            switch (message.Type)
            {
                case WardenMessageType.Setup:
                    SetUp(message.Setup!);
                    Reply(message);
                    break;
                case WardenMessageType.Start:
                    if (!_starts.TryAdd(message))
                    {
                        throw new EngineException(EngineErrorKind.ResourceExhausted, "Too many workloads wait for their start.");
                    }
                    break;
                default:
                    Control(message);
                    break;
            }
        }
        catch (EngineException error)
        {
            Reply(message, error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Reply(message, new EngineException(EngineErrorKind.StartFailed, error.Message));
        }
    }

    private void SetUp(WardenSetup setup)
    {
        if (Directory.Exists(setup.RunDirectory))
        {
            Directory.Delete(setup.RunDirectory, recursive: true);
        }
        Directory.CreateDirectory(setup.RunDirectory);
        _setup = setup;
        if (setup.Isolate)
        {
            _cgroups = CgroupTree.Open(CgroupLayout.Detect(), setup.CgroupName);
            _tmpImages = TmpImages.TryCreate(Path.Combine(setup.RunDirectory, "tmp"));
        }
        _host = SandboxHost.Create(setup.RunDirectory);
        var launcher = LauncherImage.Open();
        var nullDevice = Libc.Open("/dev/null", Const.ORdWr | Const.OCloExec);
        for (var i = 0; i < StarterThreads; i++)
        {
            new Thread(() => StartLoop(launcher, nullDevice), 512 * 1024) { IsBackground = true, Name = "starter" }.Start();
        }
        new Thread(() => _reaper.Run(OnEnded), 512 * 1024) { IsBackground = true, Name = "reaper" }.Start();
    }

    private void StartLoop(int launcher, int nullDevice)
    {
        using IStarter starter = _cgroups is null
            ? new PlainStarter(launcher, nullDevice, _host!.MaxOpenFiles, _setup!.RunDirectory)
            : new Starter(launcher, nullDevice, _host!, _cgroups, _tmpImages);
        foreach (var message in _starts.GetConsumingEnumerable())
        {
            try
            {
                Start(starter, message);
            }
            catch (EngineException error)
            {
                Reply(message, error);
            }
            catch (Exception error)
            {
                // The supervisor of all workloads: one that cannot be started must not take the others down.
                Console.Error.WriteLine($"fogbank warden: {error}");
                Reply(message, new EngineException(EngineErrorKind.StartFailed, error.Message));
            }
        }
        // Ending this thread would end its sandboxes, before the last ones were told apart from failures.
        new ManualResetEventSlim().Wait();
    }

    private void Start(IStarter starter, WardenMessage message)
    {
        var uid = _freeUids.TryDequeue(out var free) ? free : Interlocked.Increment(ref _nextUid);
        RunningSandbox sandbox;
        try
        {
            sandbox = starter.Start(message.Workload, message.Start!, uid);
        }
        catch
        {
            _freeUids.Enqueue(uid);
            throw;
        }
        _sandboxes[sandbox.Number] = sandbox;
        if (_closing)
        {
            sandbox.Kill();
        }
        // The answer goes out before the end can: the reaper learns of the workload only now.
        channel.Send(new WardenMessage { Type = WardenMessageType.Reply, Sequence = message.Sequence }.Serialize(), sandbox.Outgoing);
        foreach (var fd in sandbox.Outgoing)
        {
            _ = Libc.Close(fd);
        }
        _reaper.Add(sandbox);
    }

    private void Control(WardenMessage message)
    {
        if (!_sandboxes.TryGetValue(message.Workload, out var sandbox))
        {
            throw new EngineException(EngineErrorKind.NotRunning, "The workload has ended.");
        }
        ResourceUse? stats = null;
        var done = sandbox.WhileRunning(self =>
        {
            switch (message.Type)
            {
                case WardenMessageType.Freeze:
                    self.Controls.Freeze(true);
                    break;
                case WardenMessageType.Thaw:
                    self.Controls.Freeze(false);
                    break;
                case WardenMessageType.Cpu:
                    self.Controls.SetCpu(message.Value < 0 ? null : message.Value);
                    break;
                case WardenMessageType.Stats:
                    stats = self.Stats();
                    break;
                case WardenMessageType.Signal when message.Value == Const.SigKill:
                    self.Kill();
                    break;
                case WardenMessageType.Signal:
                    MainProcess.Signal(self, message.Value);
                    if (self.Group is { CanFreeze: true })
                    {
                        self.Group.Freeze(false); // a frozen process would learn of it only later
                    }
                    break;
            }
        });
        if (!done)
        {
            throw new EngineException(EngineErrorKind.NotRunning, "The workload has ended.");
        }
        channel.Send(new WardenMessage { Type = WardenMessageType.Reply, Sequence = message.Sequence, Stats = stats }.Serialize(), []);
    }

    private void OnEnded(RunningSandbox sandbox)
    {
        var stats = sandbox.Stats();
        var outOfMemory = sandbox.OutOfMemory;
        var status = sandbox.Finish();
        _sandboxes.TryRemove(sandbox.Number, out _);
        channel.Send(new WardenMessage
        {
            Type = WardenMessageType.Exited,
            Workload = sandbox.Number,
            Status = status,
            OutOfMemory = outOfMemory,
            Stats = stats,
        }.Serialize(), []);
        sandbox.Tree?.Remove();
        _freeUids.Enqueue(sandbox.Uid);
        if (sandbox.Group is { } group)
        {
            _reaper.Remove(group);
        }
    }

    private void Reply(WardenMessage request, EngineException? error = null) => channel.Send(new WardenMessage
    {
        Type = WardenMessageType.Reply,
        Sequence = request.Sequence,
        ErrorKind = error?.Kind,
        Error = error?.Message,
    }.Serialize(), []);

    private void Close()
    {
        _closing = true;
        _starts.CompleteAdding();
        foreach (var sandbox in _sandboxes.Values)
        {
            sandbox.Kill();
        }
        for (var attempt = 0; attempt < 400 && _sandboxes.Values.Any(sandbox => sandbox.Tree is not null); attempt++)
        {
            Wait.Milliseconds(5);
        }
        _cgroups?.Remove(TimeSpan.FromSeconds(2));
        if (_setup is not null && Directory.Exists(_setup.RunDirectory))
        {
            Directory.Delete(_setup.RunDirectory, recursive: true);
        }
    }

    public void Dispose()
    {
        _starts.Dispose();
        _tmpImages?.Dispose();
        channel.Dispose();
    }
}
