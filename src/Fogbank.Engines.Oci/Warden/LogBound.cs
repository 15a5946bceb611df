using Fogbank.Engines.Oci.Output;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>
/// Keeps logs from growing without bound where nobody reads them, or not as fast as they are written: the oldest part is given up. A
/// workload never waits for its reader.
/// </summary>
internal static class LogBound
{
    private const long Most = 256L * 1024 * 1024;
    private const long Kept = 192L * 1024 * 1024;

    internal static void Hold(Container container)
    {
        var path = Path.Combine(container.Folder, "log");
        if (new FileInfo(path) is not { Exists: true, Length: var length } || length - container.LogGivenUp < Most)
        {
            return;
        }
        container.LogGivenUp = length - Kept;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        LogHole.Punch(file, container.LogGivenUp);
    }
}
