using System.Runtime.InteropServices;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Network;

/// <summary>Held by one Fogbank of the machine at a time while it changes what all of them share: uplink addresses and forwarding.</summary>
internal sealed unsafe partial class MachineLock : IDisposable
{
    private readonly int _fd;

    internal MachineLock(string folder)
    {
        var path = Path.Combine(folder, "fogbank.lock");
        _fd = Libc.Open(path, Const.ORdWr | 0x40 | Const.OCloExec, 0x180); // O_CREAT, 0600
        if (_fd < 0 || Lock(_fd, 2) < 0)
        {
            throw new EngineException(EngineErrorKind.StartFailed, $"{path} could not be locked: {Libc.Describe(Libc.Errno)}.");
        }
    }

    public void Dispose() => _ = Libc.Close(_fd);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int fd, int operation);
}
