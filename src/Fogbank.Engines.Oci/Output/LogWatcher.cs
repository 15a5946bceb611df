using System.Collections.Concurrent;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Output;

/// <summary>Tells readers of log files that something was written, on one thread for all.</summary>
internal sealed unsafe class LogWatcher : IDisposable
{
    private const int Modified = 2;
    private readonly int _inotify = (int)Libc.Syscall(Sys.InotifyInit1, Const.OCloExec);
    private readonly ConcurrentDictionary<int, Action> _watched = new();
    private volatile bool _disposed;

    internal LogWatcher() => new Thread(Run, 256 * 1024) { IsBackground = true, Name = "container logs" }.Start();

    /// <summary>Calls back, quickly and on the watcher's thread, after each write to a file. The result is for <see cref="Remove"/>; negative when
    /// the machine has no watches left: then the reader must look by itself now and then.</summary>
    internal int Add(string path, Action written)
    {
        fixed (byte* name = System.Text.Encoding.UTF8.GetBytes(path + "\0"))
        {
            var watch = (int)Libc.Syscall(Sys.InotifyAddWatch, _inotify, (long)name, Modified);
            if (watch >= 0)
            {
                _watched[watch] = written;
            }
            return watch;
        }
    }

    internal void Remove(int watch)
    {
        if (watch >= 0 && _watched.TryRemove(watch, out _))
        {
            _ = Libc.Syscall(Sys.InotifyRemoveWatch, _inotify, watch);
        }
    }

    private void Run()
    {
        var buffer = stackalloc byte[4096];
        while (!_disposed)
        {
            if (!Wait.Readable(_inotify, 1000))
            {
                continue;
            }
            var length = Libc.Read(_inotify, buffer, 4096);
            for (nint at = 0; at + 16 <= length;)
            {
                if (_watched.TryGetValue(*(int*)(buffer + at), out var written))
                {
                    written();
                }
                at += 16 + (nint)(*(uint*)(buffer + at + 12));
            }
        }
        _ = Libc.Close(_inotify);
    }

    public void Dispose() => _disposed = true;
}
