using System.Runtime.InteropServices;

namespace Fogbank.Runtimes.DotNet;

/// <summary>Turns this process into another program.</summary>
internal static partial class Executable
{
    /// <summary>Runs the assembly by the same <c>dotnet</c> host in place of this one. Comes back where there is no such assembly.</summary>
    public static void Become(string assembly)
    {
        if (File.Exists(assembly) && Environment.ProcessPath is { } host)
        {
            _ = Execute(host, [host, assembly, null]);
        }
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
