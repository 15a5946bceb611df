namespace Fogbank.Engines.Linux.Native;

/// <summary>Files that exist in memory only (<c>memfd_create</c>).</summary>
internal static unsafe class MemoryFile
{
    /// <summary>A new one, closed on exec. The caller closes it.</summary>
    internal static int Create(string name, bool executable)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(name + '\0');
        fixed (byte* text = utf8)
        {
            const long closeOnExec = 1, allowSealing = 2, noExecSeal = 8, exec = 16;
            var fd = Libc.Syscall(Sys.MemfdCreate, (long)text, closeOnExec | allowSealing | (executable ? exec : noExecSeal));
            if (fd < 0 && Libc.Errno == Const.EInval) // kernels before 6.3 know neither exec flag
            {
                fd = Libc.Syscall(Sys.MemfdCreate, (long)text, closeOnExec | allowSealing);
            }
            return fd >= 0 ? (int)fd : throw new EngineException(
                EngineErrorKind.ResourceExhausted, $"memfd_create failed: {Libc.Describe(Libc.Errno)}.");
        }
    }
}
