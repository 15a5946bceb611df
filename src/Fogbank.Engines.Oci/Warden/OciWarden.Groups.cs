using System.Text.Json;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>How groups and their containers come and go.</summary>
internal sealed partial class OciWarden
{
    private (Group Group, int[] Listeners) CreateGroup(GroupRecord record, ContainerStarter starter)
    {
        var group = _groups.GetOrAdd(record.Id, id => new(record, Path.Combine(_groupsFolder, id), _host!.Cgroups.Of(id, "")));
        lock (group.Gate)
        {
            if (group.IsRemoved)
            {
                throw new EngineException(EngineErrorKind.Unavailable, $"The group {record.Id} is being removed.");
            }
            if (group.Storage is not null)
            {
                return record.IsDurable
                    ? (group, group.Network!.Listen(group.Record.Endpoints))
                    : throw new EngineException(EngineErrorKind.InvalidSpec, $"There is a group {record.Id} already.");
            }
            try
            {
                return (group, Make(group, starter));
            }
            catch
            {
                Remove(group);
                throw;
            }
        }
    }

    private int[] Make(Group group, ContainerStarter starter)
    {
        var record = group.Record;
        Directory.CreateDirectory(group.ContainersFolder);
        AtomicFile.Write(Path.Combine(group.Folder, "group.json"), JsonSerializer.SerializeToUtf8Bytes(record, OciJson.Default.GroupRecord));
        var image = _host!.Storage.TakeNamed(record.StorageBytes);
        try
        {
            File.Move(image.File, group.StorageFile);
        }
        catch
        {
            image.Discard();
            throw;
        }
        group.Storage = image with { File = group.StorageFile };
        _host.Cgroups.Create(record.Id, record.MemoryBytes, record.CpuMillis, record.MaxPids);
        EtcFiles.Write(group.EtcFolder, record);
        if (record.Volumes.Count > 0)
        {
            starter.InStorage(group, () =>
            {
                foreach (var volume in record.Volumes)
                {
                    Directory.CreateDirectory(_host.Points.Volume(volume));
                    Permissions.Set(_host.Points.Volume(volume), (UnixFileMode)0x1ed);
                }
            });
        }
        // Names of namespaces are mounts of the machine's, which this thread does not share.
        group.Network = _hostThreads.Run(() => _networks!.Join(
            record.Id, record.Network?.ToSpec(), record.Endpoints.Select(endpoint => System.Net.IPAddress.Parse(endpoint.Address)), record.IsDurable));
        starter.StartKeeper(group);
        AtomicFile.Write(group.KeeperFile, JsonSerializer.SerializeToUtf8Bytes(group.KeeperIdentity!, OciJson.Default.ProcessIdentity));
        return group.Network.Listen(record.Endpoints);
    }

    private Container Start(Group group, ContainerSpec spec, ContainerStarter starter)
    {
        Container container;
        lock (group.Gate)
        {
            if (group.IsRemoved || _closing)
            {
                throw new EngineException(EngineErrorKind.NotRunning, $"The group {group.Record.Id} is gone.");
            }
            if (group.Containers.TryGetValue(spec.Id, out var existing))
            {
                return group.Record.IsDurable
                    ? existing
                    : throw new EngineException(EngineErrorKind.InvalidSpec, $"There is a workload {spec.Id} already.");
            }
            container = starter.Start(group, spec);
            group.Containers[spec.Id] = container;
        }
        _watcher.Add(container.Monitor, () => OnMonitorEnded(container));
        return container;
    }

    /// <summary>The monitor ends after its container; when it was killed, the container must end with it: nobody would know how it ended.</summary>
    private void OnMonitorEnded(Container container)
    {
        container.BeginEnd();
        var status = Pidfd.Reap(container.Monitor); // fails harmlessly where an earlier warden was its parent
        var code = container.Pipes is null ? ExitCode(container) : status;
        var use = StatsOf(container.Group, container.Controls);
        var outOfMemory = container.Controls.OutOfMemoryKills() > 0;
        ContainerStarter.KillAll(container.Controls);
        container.Group.RestoreCpu();
        ContainerEnd end = new()
        {
            // Monitors tell a signal as a shell does.
            ExitCode = code is null or > 128 ? null : code,
            Signal = code > 128 ? code - 128 : null,
            OutOfMemory = outOfMemory,
            Lost = code is null,
            Use = use,
        };
        if (container.Pipes is null)
        {
            AtomicFile.Write(Path.Combine(container.Folder, "end.json"), JsonSerializer.SerializeToUtf8Bytes(end, OciJson.Default.ContainerEnd));
        }
        for (var attempt = 0; attempt < 400 && !container.Controls.TryRemove(); attempt++)
        {
            Wait.Milliseconds(5);
        }
        container.Finish(end);
        Tell(container, end);
    }

    private void Tell(Container container, ContainerEnd end) =>
        _tell!(new OciMessage { Type = OciMessageType.Exited, Group = container.Group.Record.Id, Container = container.Id, End = end }.Serialize());

    /// <summary>Use of control groups, and the group's traffic: a container has no link of its own.</summary>
    private static ResourceUse StatsOf(Group group, Cgroup controls)
    {
        var (received, sent) = group.KeeperIdentity is { } keeper ? LinkCounters.Read(keeper.Pid) : default;
        return controls.Stats() with { NetworkReceivedBytes = received, NetworkSentBytes = sent };
    }

    private static int? ExitCode(Container container)
    {
        var file = Path.Combine(container.Folder, "exit", "c");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), out var code) ? code : null;
    }

    private static void Remove(Group group, string id, ContainerStarter starter)
    {
        lock (group.Gate)
        {
            if (group.IsRemoved || !group.Containers.TryGetValue(id, out var container))
            {
                return;
            }
            container.Kill();
            container.Ended.Wait(EndLimit);
            starter.Clear(group, id, container.Folder, container.Controls);
            group.Containers.TryRemove(id, out _);
        }
    }

    private void Remove(Group group)
    {
        lock (group.Gate)
        {
            if (group.IsRemoved)
            {
                return;
            }
            group.IsRemoved = true;
            foreach (var container in group.Containers.Values)
            {
                container.Kill();
            }
            foreach (var container in group.Containers.Values)
            {
                container.Ended.Wait(EndLimit);
            }
            foreach (var pid in _host!.Cgroups.Processes(group.Record.Id))
            {
                _ = Libc.Kill(pid, Const.SigKill);
            }
            if (group.Keeper >= 0)
            {
                StartReport.Discard(group.Keeper);
                group.Keeper = -1;
            }
            if (group.Network is { } network)
            {
                _hostThreads.Run(() =>
                {
                    _networks!.Leave(network);
                    return true;
                });
            }
            group.Storage?.Close();
            for (var attempt = 0; attempt < 400 && !_host.Cgroups.TryRemove(group.Record.Id, group.Containers.Keys); attempt++)
            {
                Wait.Milliseconds(5);
            }
            if (Directory.Exists(group.Folder))
            {
                Directory.Delete(group.Folder, recursive: true);
            }
            _groups.TryRemove(group.Record.Id, out _);
        }
    }

    /// <summary>Finds what an earlier warden left: what was ephemeral goes, what was durable is watched again.</summary>
    private void Adopt()
    {
        _networks!.Sweep(Directory.GetDirectories(_groupsFolder).Select(folder => Path.GetFileName(folder)).ToHashSet());
        foreach (var folder in Directory.GetDirectories(_groupsFolder))
        {
            var file = Path.Combine(folder, "group.json");
            var record = File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), OciJson.Default.GroupRecord) : null;
            record ??= new()
            {
                Id = Path.GetFileName(folder),
                IsDurable = false,
                StorageBytes = 0,
                Volumes = [],
                HostName = "",
                Endpoints = [],
                EndpointNames = [],
                NameServers = [],
                SearchDomains = [],
                Hosts = [],
                Sysctls = [],
                SharePids = false,
            };
            Group group = new(record, folder, _host!.Cgroups.Of(record.Id, ""));
            if (File.Exists(group.KeeperFile))
            {
                group.KeeperIdentity = JsonSerializer.Deserialize(File.ReadAllBytes(group.KeeperFile), OciJson.Default.ProcessIdentity);
                group.Keeper = group.KeeperIdentity!.Open();
            }
            group.Network = _networks!.Find(record.Id);
            _groups[record.Id] = group;
            if (!record.IsDurable || !File.Exists(group.StorageFile))
            {
                _work.Add(_ => Remove(group));
                continue;
            }
            group.Storage = TmpImages.Reopen(group.StorageFile);
            foreach (var child in Directory.Exists(group.ContainersFolder) ? Directory.GetDirectories(group.ContainersFolder) : [])
            {
                Adopt(group, child);
            }
        }
    }

    private void Adopt(Group group, string folder)
    {
        var id = Path.GetFileName(folder);
        var controls = _host!.Cgroups.Of(group.Record.Id, id);
        var file = Path.Combine(folder, "container.json");
        if (!File.Exists(file))
        {
            // Its start was interrupted, and nobody was told of it.
            _work.Add(starter => starter.Clear(group, id, folder, controls));
            return;
        }
        var record = JsonSerializer.Deserialize(File.ReadAllBytes(file), OciJson.Default.ContainerRecord)!;
        var ended = Path.Combine(folder, "end.json");
        var end = File.Exists(ended) ? JsonSerializer.Deserialize(File.ReadAllBytes(ended), OciJson.Default.ContainerEnd) : null;
        Container container = new(group, record.State with { End = end }, controls)
        {
            Monitor = end is null ? record.Monitor.Open() : -1,
            Main = end is null ? record.Main.Open() : -1,
            MainPid = record.Main.Pid,
        };
        group.Containers[id] = container;
        if (end is not null)
        {
            container.Finish(end);
            // The warden that saw the end may not have told it.
            Tell(container, end);
        }
        else if (container.Monitor >= 0)
        {
            _watcher.Add(container.Monitor, () => OnMonitorEnded(container));
        }
        else
        {
            _work.Add(_ => OnMonitorEnded(container));
        }
    }
}
