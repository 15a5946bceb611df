using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// The folder that a layer is unpacked into. Every look-up begins at its descriptor and the kernel lets none leave it, wherever symbolic
/// links point; the last few folders stay open, since archives go through them one after the other.
/// </summary>
internal sealed class LayerTree : IDisposable
{
    private const int Slots = 16;

    private readonly int _root;
    private readonly Trash _trash;
    private readonly LayerLimits _limits;
    private readonly (byte[] Path, int Folder)[] _open = new (byte[], int)[Slots];
    private readonly ByteText _timePaths = new();
    private readonly List<(int End, long Seconds, int Nanoseconds)> _times = [];
    private int _last;
    private int _next;

    /// <summary>Does not own <paramref name="root"/>, which must be open for reading.</summary>
    internal LayerTree(int root, Trash trash, LayerLimits limits)
    {
        (_root, _trash, _limits) = (root, trash, limits);
        Array.Fill(_open, ([], -1));
    }

    internal int Root => _root;

    /// <summary>Called when something was made that nobody asked for: bytes on disk count.</summary>
    internal int FoldersMade { get; private set; }

    /// <summary>The folder with this path (with NUL), made where it is missing. The descriptor stays the tree's and is good until the next call.</summary>
    internal int Folder(ReadOnlySpan<byte> path)
    {
        if (path.Length == 1)
        {
            return _root;
        }
        if (_open[_last].Path.AsSpan().SequenceEqual(path))
        {
            return _open[_last].Folder;
        }
        for (var i = 0; i < Slots; i++)
        {
            if (_open[i].Path.AsSpan().SequenceEqual(path))
            {
                _last = i;
                return _open[i].Folder;
            }
        }
        var fd = FileAt.OpenBeneath(_root, path, Const.ODirectory | FileAt.OPath);
        if (fd < 0 && Libc.Errno is Const.ENoEnt or Const.ENotDir)
        {
            fd = MakeFolders(path);
        }
        if (fd < 0)
        {
            throw LayerErrors.Failed("opening", path[..^1]);
        }
        Keep(path, fd);
        return fd;
    }

    /// <summary>The folder with this path (with NUL); the caller closes it. Fails where it is missing.</summary>
    internal int OpenFolder(ReadOnlySpan<byte> path, int flags)
    {
        var fd = FileAt.OpenBeneath(_root, path.Length == 1 ? ".\0"u8 : path, Const.ODirectory | flags);
        return fd >= 0 ? fd : throw LayerErrors.Failed("opening", path[..^1]);
    }

    /// <summary>Makes room for something else: what is there is gone afterwards. True where it was a white-out.</summary>
    internal bool Clear(int folder, LayerPath path)
    {
        if (!FileAt.TryStat(folder, path.NameZ, out var facts))
        {
            return Libc.Errno == Const.ENoEnt ? false : throw LayerErrors.Failed("looking", path.Span);
        }
        if (facts.IsFolder)
        {
            _ = _trash.TryTake(folder, path.NameZ);
        }
        else if (FileAt.Unlink(folder, path.NameZ, isFolder: false) < 0)
        {
            throw LayerErrors.Failed("replacing", path.Span);
        }
        if (facts.IsFolder || facts.IsLink)
        {
            CloseAll(keep: folder); // paths may lead elsewhere now
        }
        return facts.IsWhiteOut;
    }

    /// <summary>Says that nothing of the layers below is to be seen in a folder.</summary>
    internal static void MakeOpaque(int folder, ReadOnlySpan<byte> name, ReadOnlySpan<byte> path)
    {
        var fd = FileAt.Open(folder, name, Const.ODirectory);
        var result = fd < 0 ? fd : FileAt.SetAttribute(fd, "trusted.overlay.opaque\0"u8, "y"u8);
        try
        {
            if (result < 0)
            {
                throw LayerErrors.Failed("making opaque", path);
            }
        }
        finally
        {
            _ = fd < 0 ? 0 : Libc.Close(fd);
        }
    }

    /// <summary>A folder's time is set when all is in it.</summary>
    internal void SetFolderTimeLater(ReadOnlySpan<byte> path, long seconds, int nanoseconds)
    {
        if (_timePaths.Length + path.Length + 1L > _limits.MaxFolderPathBytes)
        {
            throw LayerErrors.TooLarge($"the paths of its folders have more than {_limits.MaxFolderPathBytes} bytes together");
        }
        _timePaths.Append(path);
        _timePaths.Append("\0"u8);
        _times.Add((_timePaths.Length, seconds, nanoseconds));
    }

    internal void SetFolderTimes(CancellationToken cancellationToken)
    {
        var start = 0;
        foreach (var (end, seconds, nanoseconds) in _times)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = _timePaths.Span[start..end];
            start = end;
            // It may have been replaced since by something that is no folder, or moved behind a link.
            var fd = FileAt.OpenBeneath(_root, path.Length == 1 ? ".\0"u8 : path, Const.ODirectory | FileAt.ONoFollow);
            if (fd < 0)
            {
                continue;
            }
            var result = FileAt.SetTime(fd, default, seconds, nanoseconds);
            _ = Libc.Close(fd);
            if (result < 0)
            {
                throw LayerErrors.Failed("setting the time", path[..^1]);
            }
        }
    }

    /// <summary>Makes what is missing of a path, which an archive need not name; a white-out on the way gives way to a folder.</summary>
    private int MakeFolders(ReadOnlySpan<byte> path)
    {
        const int plain = 0x1ed;
        Span<byte> part = stackalloc byte[path.Length];
        LayerPath piece = new(int.MaxValue);
        var parent = _root;
        try
        {
            for (var at = 0; ; at++)
            {
                var slash = path[at..].IndexOf((byte)'/');
                at = slash < 0 ? path.Length - 1 : at + slash;
                path[..at].CopyTo(part);
                part[at] = 0;
                var fd = FileAt.OpenBeneath(_root, part[..(at + 1)], Const.ODirectory | FileAt.OPath);
                if (fd < 0 && Libc.Errno is Const.ENoEnt or Const.ENotDir)
                {
                    piece.Set(part[..at]);
                    fd = MakeFolder(parent, piece, plain);
                }
                if (fd < 0)
                {
                    throw LayerErrors.Failed("opening", part[..at]);
                }
                _ = parent == _root ? 0 : Libc.Close(parent);
                parent = fd;
                if (slash < 0)
                {
                    return parent;
                }
            }
        }
        catch
        {
            _ = parent == _root ? 0 : Libc.Close(parent);
            throw;
        }
    }

    private int MakeFolder(int parent, LayerPath path, int mode)
    {
        var deleted = FileAt.TryStat(parent, path.NameZ, out var facts) && facts.IsWhiteOut;
        if ((deleted && FileAt.Unlink(parent, path.NameZ, isFolder: false) < 0) || FileAt.MakeFolder(parent, path.NameZ, mode) < 0
            || FileAt.ChangeMode(parent, path.NameZ, mode) < 0 || FileAt.ChangeOwner(parent, path.NameZ, 0, 0) < 0)
        {
            throw LayerErrors.Failed("making the folder", path.Span);
        }
        FoldersMade++;
        if (deleted)
        {
            MakeOpaque(parent, path.NameZ, path.Span);
        }
        return FileAt.Open(parent, path.NameZ, Const.ODirectory | FileAt.OPath);
    }

    private void Keep(ReadOnlySpan<byte> path, int fd)
    {
        _last = _next;
        _next = (_next + 1) % Slots;
        Close(_last);
        _open[_last] = (path.ToArray(), fd);
    }

    private void CloseAll(int keep)
    {
        for (var i = 0; i < Slots; i++)
        {
            if (_open[i].Folder != keep)
            {
                Close(i);
            }
            else
            {
                // Still in the caller's hands, but not to be found any more.
                _open[i].Path = [];
            }
        }
    }

    private void Close(int slot)
    {
        if (_open[slot].Folder >= 0)
        {
            _ = Libc.Close(_open[slot].Folder);
            _open[slot] = ([], -1);
        }
    }

    public void Dispose()
    {
        for (var i = 0; i < Slots; i++)
        {
            Close(i);
        }
    }
}
