using System.Collections.Concurrent;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Network;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Process.Protocol;
using Fogbank.Engines.Process.Sandbox;

namespace Fogbank.Engines.Process.Warden;

/// <summary>
/// This engine's part in the warden: starts sandboxes, controls them, and tells of their ends. One thread receives, some start sandboxes
/// side by side, one waits for ends.
/// </summary>
internal sealed class ProcessWarden : WardenDriver
{
    // Starting is mostly kernel work that waits for grace periods, so a few more threads than cores help.
    private static readonly int StarterThreads = Math.Clamp(Environment.ProcessorCount * 2, 4, 16);

    // More than this cannot be started before their callers give up.
    private const int MaxWaitingStarts = 4096;

    // Below the range of ordinary users' ids, above those that systemd and subuid hand out.
    private const int FirstUid = 1_900_000_000;

    private readonly ConcurrentDictionary<long, RunningSandbox> _sandboxes = new();
    private readonly BlockingCollection<(WardenRequest Request, ProcessMessage Message)> _starts = new(MaxWaitingStarts);
    private readonly ConcurrentQueue<int> _freeUids = new();
    private readonly Reaper _reaper = new();
    private int _nextUid = FirstUid;
    private ProcessSetup? _setup;
    private Action<byte[]>? _tell;
    private Lazy<Networks>? _networks;
    private CgroupTree? _cgroups;
    private SandboxHost? _host;
    private TmpImages? _tmpImages;
    private volatile bool _closing;

    internal override byte Code => ProcessEngine.DriverCode;

    internal override void Handle(WardenRequest request)
    {
        var message = ProcessMessage.Deserialize(request.Payload.Span);
        if (message.Type != ProcessMessageType.Start)
        {
            Control(request, message);
        }
        else if (!_starts.TryAdd((request, message)))
        {
            throw new EngineException(EngineErrorKind.ResourceExhausted, "Too many workloads wait for their start.");
        }
    }

    internal override void SetUp(ReadOnlyMemory<byte> payload, WardenContext context)
    {
        var setup = ProcessSetup.Deserialize(payload.Span);
        _tell = context.Tell;
        _networks = context.Networks;
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
            : new Starter(launcher, nullDevice, _host!, _cgroups, _tmpImages, _networks!);
        foreach (var (request, message) in _starts.GetConsumingEnumerable())
        {
            try
            {
                Start(starter, request, message);
            }
            catch (EngineException error)
            {
                request.Fail(error);
            }
            catch (Exception error)
            {
                // The supervisor of all workloads: one that cannot be started must not take the others down.
                Console.Error.WriteLine($"fogbank warden: {error}");
                request.Fail(new EngineException(EngineErrorKind.StartFailed, error.Message));
            }
        }
        // Ending this thread would end its sandboxes, before the last ones were told apart from failures.
        new ManualResetEventSlim().Wait();
    }

    private void Start(IStarter starter, WardenRequest request, ProcessMessage message)
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
        request.Reply([], sandbox.Outgoing);
        foreach (var fd in sandbox.Outgoing)
        {
            _ = Libc.Close(fd);
        }
        _reaper.Add(sandbox);
    }

    private void Control(WardenRequest request, ProcessMessage message)
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
                case ProcessMessageType.Freeze:
                    self.Controls.Freeze(true);
                    break;
                case ProcessMessageType.Thaw:
                    self.Controls.Freeze(false);
                    break;
                case ProcessMessageType.Cpu:
                    self.Controls.SetCpu(message.Value < 0 ? null : message.Value);
                    break;
                case ProcessMessageType.Stats:
                    stats = self.Stats();
                    break;
                case ProcessMessageType.Signal when message.Value == Const.SigKill:
                    self.Kill();
                    break;
                case ProcessMessageType.Signal:
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
        request.Reply(new ProcessMessage { Type = ProcessMessageType.Reply, Stats = stats }.Serialize());
    }

    private void OnEnded(RunningSandbox sandbox)
    {
        var stats = sandbox.Stats();
        var outOfMemory = sandbox.OutOfMemory;
        var status = sandbox.Finish();
        _sandboxes.TryRemove(sandbox.Number, out _);
        _tell!(new ProcessMessage
        {
            Type = ProcessMessageType.Exited,
            Workload = sandbox.Number,
            Status = status,
            OutOfMemory = outOfMemory,
            Stats = stats,
        }.Serialize());
        if (sandbox.Network is { } network)
        {
            _networks!.Value.Leave(network);
        }
        sandbox.Tree?.Remove();
        _freeUids.Enqueue(sandbox.Uid);
        if (sandbox.Group is { } group)
        {
            _reaper.Remove(group);
        }
    }

    internal override void EndEphemeral()
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
        foreach (var sandbox in _sandboxes.Values)
        {
            if (sandbox.Network is { } network)
            {
                _networks!.Value.Leave(network);
            }
        }
        if (_setup is not null && Directory.Exists(_setup.RunDirectory))
        {
            Directory.Delete(_setup.RunDirectory, recursive: true);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _starts.Dispose();
            _tmpImages?.Dispose();
        }
        base.Dispose(disposing);
    }
}
