namespace Fogbank.Engines.Linux.Network;

/// <summary>Kernel settings of the namespace that the calling thread is in.</summary>
internal static class Sysctl
{
    /// <summary>Sets one; nothing happens where the kernel does not have it.</summary>
    internal static void Write(string name, string value)
    {
        var path = "/proc/sys/" + name;
        if (File.Exists(path))
        {
            File.WriteAllText(path, value);
        }
    }
}
