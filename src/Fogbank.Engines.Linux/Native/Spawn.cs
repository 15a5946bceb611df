using System.Runtime.InteropServices;
using System.Text;

namespace Fogbank.Engines.Linux.Native;

/// <summary>Starts a program by <c>posix_spawn</c>: no copy of this process is ever made, so neither its size nor its garbage collector matters.</summary>
internal static unsafe class Spawn
{
    // A child that has not executed its program yet still has our descriptors; what it could write to, nobody can execute.
    private static readonly ReaderWriterLockSlim Executables = new();

    /// <summary>Writes a file that is to be executed soon.</summary>
    internal static void WriteExecutable(string path, byte[] content)
    {
        Executables.EnterWriteLock();
        try
        {
            File.WriteAllBytes(path, content);
        }
        finally
        {
            Executables.ExitWriteLock();
        }
        Permissions.Set(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    /// <summary>
    /// Starts <paramref name="path"/> as a child of the calling <em>thread</em> with default signal dispositions and an empty mask.
    /// Only the descriptors in <paramref name="descriptors"/> (source, target) are inherited, provided that all others close on exec.
    /// Targets must not be sources of later entries.
    /// </summary>
    internal static int Start(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, ReadOnlySpan<(int Source, int Target)> descriptors)
    {
        // The C library's structures are smaller than this in glibc and musl.
        var actions = stackalloc long[64];
        var attributes = stackalloc long[64];
        var signals = stackalloc long[32];
        _ = Libc.SpawnActionsInit(actions);
        _ = Libc.SpawnAttributesInit(attributes);
        var argv = Vector(arguments);
        var envp = Vector(environment);
        try
        {
            foreach (var (source, target) in descriptors)
            {
                Check(Libc.SpawnActionsDup(actions, source, target));
            }
            // .NET ignores SIGPIPE, and ignored signals are inherited.
            Check(Libc.SignalsFill(signals));
            Check(Libc.SpawnAttributesSetDefault(attributes, signals));
            Check(Libc.SignalsEmpty(signals));
            Check(Libc.SpawnAttributesSetMask(attributes, signals));
            Check(Libc.SpawnAttributesSetFlags(attributes, 0x04 | 0x08)); // SETSIGDEF, SETSIGMASK
            int pid;
            Executables.EnterReadLock();
            int error;
            try
            {
                error = Libc.PosixSpawn(&pid, path, actions, attributes, argv, envp); // returns when the program was executed
            }
            finally
            {
                Executables.ExitReadLock();
            }
            Check(error);
            return pid;
        }
        finally
        {
            Free(argv);
            Free(envp);
            _ = Libc.SpawnActionsDestroy(actions);
            _ = Libc.SpawnAttributesDestroy(attributes);
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new EngineException(
                error is Const.EAgain or Const.ENoMem ? EngineErrorKind.ResourceExhausted : EngineErrorKind.StartFailed,
                $"posix_spawn failed: {Libc.Describe(error)}.");
        }
    }

    private static byte** Vector(IReadOnlyList<string> values)
    {
        var vector = (byte**)NativeMemory.AllocZeroed((nuint)(values.Count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < values.Count; i++)
        {
            var utf8 = Encoding.UTF8.GetBytes(values[i]);
            vector[i] = (byte*)NativeMemory.AllocZeroed((nuint)utf8.Length + 1);
            utf8.CopyTo(new Span<byte>(vector[i], utf8.Length));
        }
        return vector;
    }

    private static void Free(byte** vector)
    {
        for (var i = 0; vector[i] is not null; i++)
        {
            NativeMemory.Free(vector[i]);
        }
        NativeMemory.Free(vector);
    }
}
