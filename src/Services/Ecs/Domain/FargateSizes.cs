using System.Globalization;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>The sizes that a Fargate task can have: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html</summary>
internal static class FargateSizes
{
    private const int Gigabyte = 1024;

    /// <summary>Whether the two go together.</summary>
    /// <param name="cpuUnits">1024 are one vCPU.</param>
    /// <param name="megabytes">Memory in MiB.</param>
    internal static bool Exists(int cpuUnits, int megabytes) => cpuUnits switch
    {
        256 => megabytes is 512 or Gigabyte or 2 * Gigabyte,
        512 => IsStep(megabytes, 1, 4, 1),
        1024 => IsStep(megabytes, 2, 8, 1),
        2048 => IsStep(megabytes, 4, 16, 1),
        4096 => IsStep(megabytes, 8, 30, 1),
        8192 => IsStep(megabytes, 16, 60, 4),
        16384 => IsStep(megabytes, 32, 120, 8),
        32768 => megabytes is 60 * Gigabyte or 120 * Gigabyte or 244 * Gigabyte,
        _ => false,
    };

    /// <summary>Reads <c>256</c>, <c>.25 vCPU</c> or <c>1 vcpu</c> as CPU units.</summary>
    internal static bool TryReadCpu(string? text, out int units) => TryRead(text, "vcpu", out units);

    /// <summary>Reads <c>512</c>, <c>0.5GB</c> or <c>1 GB</c> as MiB.</summary>
    internal static bool TryReadMemory(string? text, out int megabytes) => TryRead(text, "gb", out megabytes);

    private static bool TryRead(string? text, string unit, out int value)
    {
        value = 0;
        var trimmed = text?.Trim() ?? "";
        if (trimmed.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
        {
            if (!decimal.TryParse(trimmed[..^unit.Length].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var large) || large is <= 0 or > 100_000)
            {
                return false;
            }

            value = (int)(large * Gigabyte);
            return true;
        }

        return int.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
    }

    private static bool IsStep(int megabytes, int from, int to, int step) =>
        megabytes % Gigabyte == 0 && megabytes / Gigabyte is var gigabytes && gigabytes >= from && gigabytes <= to && (gigabytes - from) % step == 0;
}
