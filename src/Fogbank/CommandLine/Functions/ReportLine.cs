using System.Globalization;
using System.Text.RegularExpressions;

namespace Fogbank.CommandLine.Functions;

/// <summary>
/// The REPORT line of an invocation. It has no initialisation where the environment was there already, and where the initialisation of a new
/// one failed: then the log has an INIT_REPORT line beside it.
/// </summary>
internal sealed partial record ReportLine(double DurationMs, long BilledMs, int MemoryMb, int MaxMemoryMb, double? InitMs, bool InitFailed = false)
{
    /// <summary>The last one in a piece of log; null where there is none.</summary>
    internal static ReportLine? Find(string log)
    {
        var found = Pattern().Matches(log).LastOrDefault();
        if (found is null)
        {
            return null;
        }

        double Number(string name) => double.Parse(found.Groups[name].Value, CultureInfo.InvariantCulture);
        return new(
            Number("duration"),
            (long)Number("billed"),
            (int)Number("memory"),
            (int)Number("used"),
            found.Groups["init"].Success ? Number("init") : null,
            log.Contains("INIT_REPORT ", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"Duration: (?<duration>[0-9.]+) ms\s+Billed Duration: (?<billed>[0-9]+) ms\s+Memory Size: (?<memory>[0-9]+) MB\s+Max Memory Used: (?<used>[0-9]+) MB(\s+Init Duration: (?<init>[0-9.]+) ms)?")]
    private static partial Regex Pattern();
}
