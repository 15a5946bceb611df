using System.Runtime.InteropServices;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci.Protocol;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>Further processes inside containers.</summary>
internal sealed partial class OciWarden
{
    private const int MaxExecs = 256;
    private int _execs;

    private OciMessage Exec(OciMessage message)
    {
        var container = GroupOf(message).Containers.GetValueOrDefault(message.Container);
        if (container is null || container.State.End is not null)
        {
            throw new EngineException(EngineErrorKind.NotRunning, "The workload has ended.");
        }
        if (Interlocked.Increment(ref _execs) > MaxExecs)
        {
            Interlocked.Decrement(ref _execs);
            throw new EngineException(EngineErrorKind.ResourceExhausted, "Too many further processes run in workloads.");
        }
        try
        {
            return Exec(container, message.Exec!);
        }
        finally
        {
            Interlocked.Decrement(ref _execs);
        }
    }

    private OciMessage Exec(Container container, ExecRecord order)
    {
        using Descriptors fds = new();
        var process = $"/proc/{container.MainPid}";
        RootFiles files = new(fds.Open(process + "/root", Const.ORdOnly | Const.ODirectory));
        var bundle = ExecBundle.Read(Path.Combine(container.Folder, "config.json"));
        var program = files.FindCommand(order.Command[0], bundle.WorkingDirectory, bundle.SearchPath);
        var output = fds.Pipe();
        var error = fds.Pipe();
        int[] groups = [.. container.Controls.PlacementFiles.Concat(container.Controls.Unified is { } unified ? [Path.Combine(unified, "cgroup.procs")] : [])
            .Where(File.Exists).Select(path => fds.Open(path, Const.OWrOnly))];
        var namespaces = ((string[])["cgroup", "ipc", "uts", "net", "mnt"]).Select(name => fds.Open($"{process}/ns/{name}", Const.ORdOnly)).ToArray();
        var file = fds.Add(MemoryFile.Create("fogbank-program", executable: false));
        Inheritance inherited = new(_host!.Launcher, file);
        int[] places = [.. ((int[])[error.Write, _host.NullDevice, output.Write, .. groups, .. namespaces]).Select(inherited.Add)];
        int[] numbers = [.. places.Select(inherited.Number)];
        var code = ExecProgram.Write(bundle, program, order.Command, numbers[0], numbers[1], numbers[2], numbers.AsSpan(3, groups.Length), numbers.AsSpan(3 + groups.Length));
        StartReport.WriteProgram(code, file);
        var pids = fds.Open(process + "/ns/pid", Const.ORdOnly);
        int pid = 0;
        using (NetworkNamespace here = new())
        {
            try
            {
                NetworkNamespace.Join(-1, pids);
                pid = Spawn.Start($"/proc/self/fd/{_host.Launcher}", ["fogbank-exec"], [], inherited.List());
            }
            finally
            {
                here.Leave();
            }
        }
        var pidfd = fds.Add(Pidfd.Open(pid));
        try
        {
            fds.Close(error.Write);
            fds.Close(output.Write);
            StartReport.Check(code, error.Read);
        }
        catch
        {
            _ = Pidfd.Signal(pidfd, Const.SigKill);
            _ = Libc.Wait(pid);
            throw;
        }
        return Await(order, pid, pidfd, output.Read);
    }

    private static unsafe OciMessage Await(ExecRecord order, int pid, int pidfd, int output)
    {
        using MemoryStream kept = new();
        var buffer = (byte*)NativeMemory.Alloc(16384);
        var started = TimeProvider.System.GetTimestamp();
        var timedOut = false;
        try
        {
            var open = true;
            while (true)
            {
                var left = order.Timeout - TimeProvider.System.GetElapsedTime(started);
                if (left <= TimeSpan.Zero && !timedOut)
                {
                    timedOut = true;
                    _ = Pidfd.Signal(pidfd, Const.SigKill);
                }
                if (Wait.Readable(pidfd, 0))
                {
                    // What it left running may hold the pipe for ever; what is in it now is its own.
                    while (open && Wait.Readable(output, 0) && Read())
                    {
                    }
                    break;
                }
                if (open && Wait.Readable(output, (int)Math.Clamp(left.TotalMilliseconds, 1, 20)))
                {
                    open = Read();
                }
                else if (!open)
                {
                    Wait.Readable(pidfd, 20);
                }
            }
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
        var status = Libc.Wait(pid);
        var code = (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
        return new() { Type = OciMessageType.Reply, Exec = new() { ExitCode = timedOut ? null : code, Output = kept.ToArray() } };

        bool Read()
        {
            var length = Libc.Read(output, buffer, 16384);
            if (length > 0 && kept.Length < order.MaxOutputBytes)
            {
                kept.Write(new ReadOnlySpan<byte>(buffer, (int)Math.Min(length, order.MaxOutputBytes - kept.Length)));
            }
            return length > 0;
        }
    }
}
