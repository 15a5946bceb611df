namespace Fogbank.Engines.Linux.Native;

/// <summary>Descriptors that are closed together unless they are taken out first.</summary>
internal sealed unsafe class Descriptors : IDisposable
{
    private readonly List<int> _fds = [];

    /// <summary>Owns a descriptor from now on.</summary>
    internal int Add(int fd)
    {
        _fds.Add(fd);
        return fd;
    }

    /// <summary>Gives a descriptor back to the caller.</summary>
    internal int Take(int fd)
    {
        _fds.Remove(fd);
        return fd;
    }

    /// <summary>Closes one now.</summary>
    internal void Close(int fd)
    {
        if (_fds.Remove(fd))
        {
            _ = Libc.Close(fd);
        }
    }

    /// <summary>A new pipe, closed on exec.</summary>
    internal (int Read, int Write) Pipe()
    {
        var fds = stackalloc int[2];
        if (Libc.Pipe2(fds, Const.OCloExec) < 0)
        {
            throw new EngineException(EngineErrorKind.ResourceExhausted, $"pipe2 failed: {Libc.Describe(Libc.Errno)}.");
        }
        return (Add(fds[0]), Add(fds[1]));
    }

    /// <summary>Opens a file, closed on exec.</summary>
    internal int Open(string path, int flags)
    {
        var fd = Libc.Open(path, flags | Const.OCloExec);
        return fd >= 0 ? Add(fd) : throw new EngineException(
            Libc.Errno is Const.EMFile or Const.ENFile ? EngineErrorKind.ResourceExhausted : EngineErrorKind.StartFailed,
            $"{path} could not be opened: {Libc.Describe(Libc.Errno)}.");
    }

    /// <summary>Standard input, output and error go nowhere from now on, nor do copies of them that the runtime took for its console.</summary>
    internal static void Silence()
    {
        string?[] ends = [new FileInfo("/proc/self/fd/1").LinkTarget, new FileInfo("/proc/self/fd/2").LinkTarget];
        var copies = Directory.GetFiles("/proc/self/fd")
            .Where(path => new FileInfo(path).LinkTarget is { } end && ends.Contains(end))
            .Select(path => int.Parse(Path.GetFileName(path), System.Globalization.CultureInfo.InvariantCulture))
            .Where(fd => fd > 2)
            .ToList();
        var nullDevice = Libc.Open("/dev/null", Const.ORdWr | Const.OCloExec);
        for (var fd = 0; fd <= 2; fd++)
        {
            _ = Libc.Syscall(Sys.Dup3, nullDevice, fd, 0);
        }
        foreach (var fd in copies)
        {
            _ = Libc.Syscall(Sys.Dup3, nullDevice, fd, Const.OCloExec);
        }
        _ = Libc.Close(nullDevice);
    }

    public void Dispose()
    {
        foreach (var fd in _fds)
        {
            _ = Libc.Close(fd);
        }
        _fds.Clear();
    }
}
