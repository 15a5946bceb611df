using System.Globalization;
using Fogbank.Engines.Linux.Cgroups;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>Bytes that went over the links of a process's network.</summary>
internal static class LinkCounters
{
    internal static (long Received, long Sent) Read(int pid) =>
        Parse(CgroupFile.TryRead(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/net/dev")) ?? "");

    /// <summary>Reads the form of <c>/proc/net/dev</c>: all links but loopback.</summary>
    internal static (long Received, long Sent) Parse(string text)
    {
        long received = 0, sent = 0;
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || line[..colon].Trim() == "lo")
            {
                continue;
            }
            var fields = line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 8)
            {
                received += long.Parse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture);
                sent += long.Parse(fields[8], NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }
        return (received, sent);
    }
}
