using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// Makes the files that an archive's entries name, in the order they come; of two with the same name the last one stays. White-outs become
/// what overlay file systems take for them.
/// </summary>
internal sealed class LayerWriter
{
    private const int BlockSize = 4096, InodeSize = 256;
    private const int Permissions = 0x1ff;
    private const int MaxSureAttribute = 2000;

    private readonly LayerTree _tree;
    private readonly TarReader _reader;
    private readonly LayerLimits _limits;
    private readonly LayerPath _path;
    private readonly LayerPath _target;
    private readonly int _umask = ReadUmask();
    private bool _plainOwners;
    private long _bytes;
    private long _bytesOnDisk;

    internal LayerWriter(LayerTree tree, TarReader reader, LayerLimits limits)
    {
        (_tree, _reader, _limits) = (tree, reader, limits);
        (_path, _target) = (new(limits.MaxDepth), new(limits.MaxDepth));
        // Where nothing says otherwise, what root makes is root's, and the calls that would say it again can be saved.
        var root = FileAt.Stat(tree.Root);
        _plainOwners = root is { User: 0, Group: 0 } && (root.Mode & 0x400) == 0;
    }

    /// <summary>Entries so far.</summary>
    internal int Entries { get; private set; }

    /// <summary>Nothing of the layers below is to be seen.</summary>
    internal bool ReplacesRoot { get; private set; }

    /// <summary>About what the layer takes on disk.</summary>
    internal long BytesOnDisk => _bytesOnDisk + ((long)_tree.FoldersMade * BlockSize);

    /// <summary>Makes what the reader's current entry says.</summary>
    internal void Apply(CancellationToken cancellationToken)
    {
        if (++Entries > _limits.MaxEntries)
        {
            throw LayerErrors.TooLarge($"it has more than {_limits.MaxEntries} entries");
        }
        var entry = _reader.Entry;
        _path.Set(entry.Path.Span);
        if (_path.Span.IsEmpty)
        {
            ApplyRoot(entry);
        }
        else if (!WhiteOut.TryApply(_path, _target, _tree, out var replacesRoot))
        {
            _bytesOnDisk += InodeSize;
            Make(entry, _tree.Folder(_path.FolderZ), cancellationToken);
        }
        else
        {
            _bytesOnDisk += InodeSize;
            ReplacesRoot |= replacesRoot;
        }
    }

    private void Make(TarEntry entry, int folder, CancellationToken cancellationToken)
    {
        switch (entry.Kind)
        {
            case TarEntryKind.File:
                MakeFile(entry, folder, cancellationToken);
                break;
            case TarEntryKind.Folder:
                MakeFolder(entry, folder);
                break;
            case TarEntryKind.SymbolicLink:
                MakeSymbolicLink(entry, folder);
                break;
            case TarEntryKind.HardLink:
                MakeHardLink(entry, folder);
                break;
            case TarEntryKind.Fifo:
                MakeFifo(entry, folder);
                break;
            default:
                throw LayerErrors.Invalid("it has a device, which images may not bring", _path.Span);
        }
    }

    private void ApplyRoot(TarEntry entry)
    {
        if (entry.Kind != TarEntryKind.Folder)
        {
            throw LayerErrors.Invalid("an entry that is no folder has no name");
        }
        Check(FileAt.ChangeOwner(_tree.Root, ".\0"u8, entry.User, entry.Group), "setting the owner");
        Check(FileAt.ChangeMode(_tree.Root, ".\0"u8, entry.Mode), "setting the mode");
        SetAttributes(entry, _tree.Root);
        _plainOwners &= (entry.Mode & 0x400) == 0;
        _tree.SetFolderTimeLater(_path.Span, entry.Seconds, entry.Nanoseconds);
    }

    private void MakeFile(TarEntry entry, int folder, CancellationToken cancellationToken)
    {
        if (entry.Size > _limits.MaxBytes - _bytes)
        {
            throw LayerErrors.TooLarge($"its files have more than {_limits.MaxBytes} bytes");
        }
        _bytes += entry.Size;
        _bytesOnDisk += (entry.Size + BlockSize - 1) & -BlockSize;
        const int flags = FileAt.OCreat | FileAt.OExcl | Const.OWrOnly;
        var fd = FileAt.Open(folder, _path.NameZ, flags, entry.Mode & Permissions);
        if (fd < 0 && Libc.Errno == Const.EExist)
        {
            _tree.Clear(folder, _path);
            fd = FileAt.Open(folder, _path.NameZ, flags, entry.Mode & Permissions);
        }
        Check(fd, "making the file");
        try
        {
            FileData.Write(fd, entry, _reader, _path, cancellationToken);
            // In this order: a change of owner takes set-user-id bits and capabilities off, every change sets the time.
            if (!IsPlainOwner(entry))
            {
                Check((int)Libc.Syscall(Sys.Fchown, fd, entry.User, entry.Group), "setting the owner");
            }
            if (!IsPlainMode(entry))
            {
                Check((int)Libc.Syscall(Sys.Fchmod, fd, entry.Mode), "setting the mode");
            }
            SetAttributes(entry, fd);
            Check(FileAt.SetTime(fd, default, entry.Seconds, entry.Nanoseconds), "setting the time");
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private void MakeFolder(TarEntry entry, int folder)
    {
        var existed = false;
        if (FileAt.MakeFolder(folder, _path.NameZ, entry.Mode & Permissions) < 0)
        {
            if (Libc.Errno != Const.EExist)
            {
                throw LayerErrors.Failed("making the folder", _path.Span);
            }
            existed = FileAt.TryStat(folder, _path.NameZ, out var facts) && facts.IsFolder;
            if (!existed)
            {
                var deleted = _tree.Clear(folder, _path);
                Check(FileAt.MakeFolder(folder, _path.NameZ, entry.Mode & Permissions), "making the folder");
                if (deleted)
                {
                    LayerTree.MakeOpaque(folder, _path.NameZ, _path.Span);
                }
            }
        }
        _bytesOnDisk += existed ? 0 : BlockSize;
        if (existed || !IsPlainOwner(entry))
        {
            Check(FileAt.ChangeOwner(folder, _path.NameZ, entry.User, entry.Group), "setting the owner");
        }
        if (existed || !IsPlainMode(entry))
        {
            Check(FileAt.ChangeMode(folder, _path.NameZ, entry.Mode), "setting the mode");
        }
        if (entry.Attributes.Count > 0)
        {
            var fd = FileAt.Open(folder, _path.NameZ, Const.ODirectory);
            Check(fd, "opening");
            try
            {
                SetAttributes(entry, fd);
            }
            finally
            {
                _ = Libc.Close(fd);
            }
        }
        _plainOwners &= (entry.Mode & 0x400) == 0; // what is made in a set-group-id folder is the group's
        _tree.SetFolderTimeLater(_path.Span, entry.Seconds, entry.Nanoseconds);
    }

    private void MakeSymbolicLink(TarEntry entry, int folder)
    {
        const int maxTarget = 4095;
        if (entry.Target.Length is 0 or > maxTarget)
        {
            throw LayerErrors.Invalid($"it has a symbolic link to nowhere, or to a path of more than {maxTarget} bytes", _path.Span);
        }
        // Where it points is for the container to find out: nothing is followed here that leads out of the layer.
        entry.Target.Append("\0"u8);
        if (FileAt.MakeLink(folder, _path.NameZ, entry.Target.Span) < 0)
        {
            if (Libc.Errno != Const.EExist)
            {
                throw LayerErrors.Failed("making the symbolic link", _path.Span);
            }
            _tree.Clear(folder, _path);
            Check(FileAt.MakeLink(folder, _path.NameZ, entry.Target.Span), "making the symbolic link");
        }
        FinishNode(entry, folder, withMode: false);
    }

    private void MakeFifo(TarEntry entry, int folder)
    {
        if (FileAt.MakeNode(folder, _path.NameZ, FileAt.Fifo | (entry.Mode & Permissions)) < 0)
        {
            if (Libc.Errno != Const.EExist)
            {
                throw LayerErrors.Failed("making the fifo", _path.Span);
            }
            _tree.Clear(folder, _path);
            Check(FileAt.MakeNode(folder, _path.NameZ, FileAt.Fifo | (entry.Mode & Permissions)), "making the fifo");
        }
        FinishNode(entry, folder, withMode: true);
    }

    private void FinishNode(TarEntry entry, int folder, bool withMode)
    {
        if (!IsPlainOwner(entry))
        {
            Check(FileAt.ChangeOwner(folder, _path.NameZ, entry.User, entry.Group), "setting the owner");
        }
        if (withMode && !IsPlainMode(entry))
        {
            Check(FileAt.ChangeMode(folder, _path.NameZ, entry.Mode), "setting the mode");
        }
        if (entry.Attributes.Exists(attribute => LayerAttributes.IsKept(attribute.Name)))
        {
            throw LayerErrors.Invalid("it has an extended attribute on what can have none", _path.Span);
        }
        Check(FileAt.SetTime(folder, _path.NameZ, entry.Seconds, entry.Nanoseconds), "setting the time");
    }

    private void MakeHardLink(TarEntry entry, int folder)
    {
        _target.Set(entry.Target.Span);
        if (_target.Span.IsEmpty)
        {
            throw LayerErrors.Invalid("it has a hard link to nowhere", _path.Span);
        }
        // The target must be in this layer: that is all a layer knows. Its owner, mode and time are the target's.
        var targetFolder = _tree.OpenFolder(_target.FolderZ, FileAt.OPath);
        try
        {
            if (!FileAt.TryStat(targetFolder, _target.NameZ, out var facts))
            {
                throw Libc.Errno == Const.ENoEnt ? LayerErrors.Invalid("it has a hard link to what is not in this layer", _path.Span) : LayerErrors.Failed("linking", _path.Span);
            }
            if (facts.IsFolder || facts.IsWhiteOut)
            {
                throw LayerErrors.Invalid("it has a hard link to what is no file", _path.Span);
            }
            if (FileAt.HardLink(targetFolder, _target.NameZ, folder, _path.NameZ) == 0)
            {
                return;
            }
            if (Libc.Errno != Const.EExist)
            {
                throw LayerErrors.Failed("linking", _path.Span);
            }
            if (FileAt.TryStat(folder, _path.NameZ, out var other) && other.Inode == facts.Inode)
            {
                return; // it is linked already, or names itself
            }
            _tree.Clear(folder, _path);
            Check(FileAt.HardLink(targetFolder, _target.NameZ, folder, _path.NameZ), "linking");
        }
        finally
        {
            _ = Libc.Close(targetFolder);
        }
    }

    private void SetAttributes(TarEntry entry, int fd)
    {
        foreach (var (name, value) in entry.Attributes)
        {
            if (LayerAttributes.IsKept(name))
            {
                if (FileAt.SetAttribute(fd, name, value) < 0)
                {
                    // "No room" is said of the few KB that a file may have of attributes, too.
                    throw Libc.Errno == Const.ENoSpc && value.Length > MaxSureAttribute
                        ? LayerErrors.TooLarge($"the file system takes no extended attribute of {value.Length} bytes")
                        : LayerErrors.Failed("setting an extended attribute", _path.Span);
                }
                _plainOwners &= !name.AsSpan().StartsWith("system."u8); // default rights of a folder change what is made in it
            }
        }
    }

    private bool IsPlainOwner(TarEntry entry) => _plainOwners && (entry.User | entry.Group) == 0;

    private bool IsPlainMode(TarEntry entry) => _plainOwners && (entry.Mode & (_umask | ~Permissions)) == 0;

    private void Check(int result, string step)
    {
        if (result < 0)
        {
            throw LayerErrors.Failed(step, _path.Span);
        }
    }

    /// <summary>What is taken off the permissions of everything this process makes; all, where it cannot be told.</summary>
    private static int ReadUmask()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("Umask:", StringComparison.Ordinal))
            {
                return Convert.ToInt32(line["Umask:".Length..].Trim(), 8);
            }
        }
        return Permissions;
    }
}
