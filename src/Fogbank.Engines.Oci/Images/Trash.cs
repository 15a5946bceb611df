using System.Globalization;
using System.Text;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// A folder into which trees are moved to be removed. However deep they are, removing them takes two descriptors and no recursion: what is
/// not empty is moved up into the trash itself first. A path is never followed, so it does not matter what the trees contain.
/// </summary>
internal sealed unsafe class Trash : IDisposable
{
    private readonly int _parent;
    private readonly byte[] _name;
    private readonly int _folder;
    private readonly Queue<long> _waiting = new();
    private long _counter;

    /// <summary>Makes the trash as <paramref name="name"/> in an open folder, which stays the caller's and must be open as long.</summary>
    internal Trash(int parent, string name)
    {
        _parent = parent;
        _name = Encoding.UTF8.GetBytes(name + "\0");
        if (FileAt.MakeFolder(parent, _name, 0x1c0) < 0 || (_folder = FileAt.Open(parent, _name, Const.ODirectory)) < 0)
        {
            throw Failed("making the trash", _name);
        }
    }

    /// <summary>Moves something in; quick, whatever it is. <paramref name="name"/> ends with NUL. False where it does not exist.</summary>
    internal bool TryTake(int folder, ReadOnlySpan<byte> name)
    {
        var number = _counter++;
        if (FileAt.Rename(folder, name, _folder, NameOf(number)) < 0)
        {
            return Libc.Errno == Const.ENoEnt ? false : throw Failed("removal", name);
        }
        _waiting.Enqueue(number);
        return true;
    }

    /// <summary>Removes all that was taken, then the trash itself.</summary>
    internal void Empty(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (_waiting.TryDequeue(out var number))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = NameOf(number);
            if (FileAt.Unlink(_folder, name, isFolder: false) == 0)
            {
                continue;
            }
            if (FileAt.Unlink(_folder, name, isFolder: true) < 0)
            {
                Clear(name, buffer);
                Check(FileAt.Unlink(_folder, name, isFolder: true), name);
            }
        }
        Check(FileAt.Unlink(_parent, _name, isFolder: true), _name);
    }

    private void Clear(ReadOnlySpan<byte> name, byte[] buffer)
    {
        var fd = FileAt.Open(_folder, name, Const.ODirectory);
        Check(fd, name);
        try
        {
            // Removing while reading may skip names, so it is read until a pass finds none.
            while (ClearOnce(fd, buffer))
            {
                _ = Libc.Seek(fd, 0, 0);
            }
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private bool ClearOnce(int fd, byte[] buffer)
    {
        const int nameOffset = 19, lengthOffset = 16;
        var any = false;
        fixed (byte* entries = buffer)
        {
            int read;
            while ((read = (int)Libc.Syscall(Sys.GetDents64, fd, (long)entries, buffer.Length)) > 0)
            {
                for (var at = 0; at < read; at += *(ushort*)(entries + at + lengthOffset))
                {
                    ReadOnlySpan<byte> name = buffer.AsSpan(at + nameOffset);
                    name = name[..(name.IndexOf((byte)0) + 1)];
                    if (name.SequenceEqual(".\0"u8) || name.SequenceEqual("..\0"u8))
                    {
                        continue;
                    }
                    any = true;
                    if (FileAt.Unlink(fd, name, isFolder: false) < 0 && FileAt.Unlink(fd, name, isFolder: true) < 0)
                    {
                        _ = TryTake(fd, name);
                    }
                }
            }
            Check(read, "folder\0"u8);
        }
        return any;
    }

    private static byte[] NameOf(long number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + "\0");

    private static void Check(int result, ReadOnlySpan<byte> name)
    {
        if (result < 0)
        {
            throw Failed("removal", name);
        }
    }

    // Never the archive's fault, whatever it contains.
    private static EngineException Failed(string step, ReadOnlySpan<byte> name) =>
        new(EngineErrorKind.StartFailed, $"The {step} of {LayerErrors.Show(name[..^1])} failed: {Libc.Describe(Libc.Errno)}.");

    public void Dispose() => _ = Libc.Close(_folder);
}
