namespace Fogbank.Engines.Linux.Native;

/// <summary>Permissions of files.</summary>
internal static class Permissions
{
    internal static void Set(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new EngineException(EngineErrorKind.Unsupported, "The process engine does not run on Windows.");
        }
        File.SetUnixFileMode(path, mode);
    }
}
