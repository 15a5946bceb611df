using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>What the oci engine could leave on the machine, looked up from outside.</summary>
internal static class OciRemains
{
    private static string CgroupName(string runDirectory) =>
        "fogbank-oci-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.Combine(runDirectory, "oci"))).AsSpan(0, 8));

    /// <summary>Processes in containers.</summary>
    internal static IEnumerable<int> Processes(string runDirectory) => All().Where(pid => TryRead($"/proc/{pid}/cgroup").Contains(CgroupName(runDirectory), StringComparison.Ordinal));

    /// <summary>Monitors of containers.</summary>
    internal static IEnumerable<int> Monitors(string runDirectory) => All().Where(pid =>
        TryRead($"/proc/{pid}/cmdline") is var line && line.Contains("conmon", StringComparison.Ordinal) && line.Contains(runDirectory, StringComparison.Ordinal));

    /// <summary>Keepers of groups below a process.</summary>
    internal static IEnumerable<string> Cgroups(string runDirectory) =>
        Directory.GetDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup").Select(hierarchy => Path.Combine(hierarchy, CgroupName(runDirectory))).Where(Directory.Exists);

    private static IEnumerable<int> All() => Directory.GetDirectories("/proc").Select(Path.GetFileName)
        .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
