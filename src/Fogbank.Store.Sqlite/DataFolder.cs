using System.Globalization;
using System.Security.Cryptography;

namespace Fogbank.Store.Sqlite;

/// <summary>The data folder, held by a lock on its file <c>lock</c> as long as this lives; the system lets go of it when the process dies.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string PrivatePrefix = "fogbank-";

    // EWOULDBLOCK: somebody else holds the lock. Anything else (a read-only or full disk) is no owner's doing.
    private const int WouldBlock = 11;
    private readonly FileStream _lock;
    private readonly bool _private;

    private DataFolder(string path, FileStream held, bool isPrivate)
    {
        Path = path;
        _lock = held;
        _private = isPrivate;
    }

    internal string Path { get; }

    internal static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        MakeFolder(path);
        var held = TryLock(path) ?? throw new StoreException(
            StoreError.Locked,
            $"The data folder {path} is in use by process {ReadOwner(path)}. Stop it, or choose another folder.");
        return new DataFolder(path, held, isPrivate: false);
    }

    /// <summary>A new folder in memory (on tmpfs, where there is one) that goes away when this is disposed. Those that killed processes left are deleted first.</summary>
    internal static DataFolder OpenPrivate()
    {
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
        SweepPrivate(parent);
        while (true)
        {
            var path = System.IO.Path.Combine(parent, PrivatePrefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
            MakeFolder(path);

            // The sweep of another start may take the folder for an abandoned one before it is locked; then there is a next.
            if (TryLock(path) is { } held)
            {
                return new DataFolder(path, held, isPrivate: true);
            }
        }
    }

    /// <summary>A secret file, 0600, made of random bytes when there is none.</summary>
    internal byte[] ReadOrMakeKey(string name, int length)
    {
        var path = System.IO.Path.Combine(Path, name);
        if (File.Exists(path))
        {
            var key = File.ReadAllBytes(path);
            return key.Length == length
                ? key
                : throw new StoreException(StoreError.Corrupt, $"{path} must hold {length} bytes and holds {key.Length}.");
        }

        // Written beside and moved: a crash must not leave half a key, which would lock away all that is sealed under the next one.
        var made = RandomBytes(length);
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(beside, options))
        {
            file.Write(made);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, path);
        return made;
    }

    /// <summary>
    /// Straight from the kernel: the platform's generator would load the whole cryptographic library, for a few bytes, in the middle of a
    /// first start.
    /// </summary>
    private static byte[] RandomBytes(int length)
    {
        if (!File.Exists("/dev/urandom"))
        {
            return RandomNumberGenerator.GetBytes(length);
        }

        var bytes = new byte[length];
        using var source = new FileStream("/dev/urandom", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        source.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose()
    {
        if (_private)
        {
            // While the lock is held nobody else's sweep can meet the folder half deleted.
            Directory.Delete(Path, recursive: true);
        }

        _lock.Dispose();
    }

    private static FileStream? TryLock(string path)
    {
        FileStream? held = null;
        try
        {
            held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);

            // Beside the lock, because a locked file cannot be opened even to read who holds it.
            File.WriteAllText(System.IO.Path.Combine(path, "lock.pid"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch (IOException fault) when (held is null && fault.HResult == WouldBlock)
        {
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            // A sweep saw the file between its making and its lock, and took the folder away: what is locked is of a folder that is gone.
            held?.Dispose();
            return null;
        }
    }

    private static string ReadOwner(string path)
    {
        var owner = System.IO.Path.Combine(path, "lock.pid");
        return File.Exists(owner) ? File.ReadAllText(owner) : "(unknown)";
    }

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void SweepPrivate(string parent)
    {
        foreach (var path in Directory.EnumerateDirectories(parent, PrivatePrefix + "*"))
        {
            try
            {
                // A folder without a lock file is being made just now, or is not one of these.
                if (File.Exists(System.IO.Path.Combine(path, "lock")) && TryLock(path) is { } abandoned)
                {
                    Directory.Delete(path, recursive: true);
                    abandoned.Dispose();
                }
            }
            catch (Exception foreign) when (foreign is UnauthorizedAccessException or IOException)
            {
                // Somebody else's, or gone meanwhile: not ours to delete.
            }
        }
    }
}
