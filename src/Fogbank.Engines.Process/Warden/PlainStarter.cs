using Fogbank.Engines.Linux.Warden;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Process.Protocol;
using Fogbank.Engines.Process.Sandbox;

namespace Fogbank.Engines.Process.Warden;

/// <summary>Starts workloads as plain processes: without root, or where isolation is switched off.</summary>
internal sealed unsafe class PlainStarter(int launcher, int nullDevice, long maxOpenFiles, string runDirectory) : IStarter
{
    private readonly string _launcherPath = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{launcher}");

    public RunningSandbox Start(long number, SandboxSpec spec, int uid)
    {
        var folder = Path.Combine(runDirectory, "plain", number.ToString(CultureInfo.InvariantCulture));
        using Descriptors fds = new();
        try
        {
            if (spec.Network is not null)
            {
                throw new EngineException(EngineErrorKind.Unsupported, "Without isolation, workloads have no networks of their own.");
            }
            return Start(number, spec, uid, folder, fds);
        }
        catch
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
            throw;
        }
    }

    private RunningSandbox Start(long number, SandboxSpec spec, int uid, string folder, Descriptors fds)
    {
        var output = fds.Pipe();
        var errorOutput = fds.Pipe();
        var error = fds.Pipe();
        var status = fds.Pipe();
        var listeners = Listen(spec, fds, out var addresses);
        // Root becomes a user of the workload's own, which can neither read the region's files nor touch other workloads.
        var user = Libc.GetUid() == 0 ? uid : -1;
        var plain = PlainPaths.Rewrite(spec, folder);
        if (user >= 0 && Libc.ChangeOwner(Path.Combine(folder, "tmp"), (uint)user, (uint)user) < 0)
        {
            throw new EngineException(EngineErrorKind.StartFailed, $"The workload's /tmp could not be handed over: {Libc.Describe(Libc.Errno)}.");
        }
        plain = plain with { Environment = IStarter.EnvironmentOf(plain, addresses) };

        var file = fds.Add(MemoryFile.Create("fogbank-program", executable: false));
        Inheritance inherited = new(launcher, file);
        SandboxDescriptors inside = new()
        {
            Error = inherited.Add(error.Write),
            Status = inherited.Add(status.Write),
            Input = inherited.Add(nullDevice),
            Output = inherited.Add(output.Write),
            ErrorOutput = inherited.Add(errorOutput.Write),
        };
        var program = PlainProgram.Write(plain, Starter.Move(inherited, inside), maxOpenFiles, user);
        StartReport.WriteProgram(program, file);
        var pid = Spawn.Start(_launcherPath, ["fogbank-init"], [], inherited.List());
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
            Group = null,
            Tree = new(pid, spec.MemoryBytes, folder),
            Uid = uid,
            Outgoing = [fds.Take(output.Read), fds.Take(errorOutput.Read), .. listeners.Select(fds.Take)],
        };
    }

    /// <summary>On the host's loopback everybody has the same addresses, so each endpoint gets any free port.</summary>
    private static int[] Listen(SandboxSpec spec, Descriptors fds, out List<IPEndPoint> addresses)
    {
        var listeners = new int[spec.Endpoints.Count];
        Array.Fill(listeners, -1);
        try
        {
            NetworkNamespace.Listen([.. spec.Endpoints.Select(endpoint => endpoint with { Address = "127.0.0.1", Port = 0 })], listeners);
        }
        finally
        {
            foreach (var fd in listeners.Where(fd => fd >= 0))
            {
                fds.Add(fd);
            }
        }
        addresses = [];
        Span<byte> address = stackalloc byte[16];
        foreach (var fd in listeners)
        {
            var length = 16;
            fixed (byte* pointer = address)
            {
                _ = Libc.GetSockName(fd, pointer, &length);
            }
            addresses.Add(new(IPAddress.Loopback, BinaryPrimitives.ReadUInt16BigEndian(address[2..])));
        }
        return listeners;
    }

    public void Dispose()
    {
    }
}
