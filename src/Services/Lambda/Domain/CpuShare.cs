namespace Fogbank.Services.Lambda.Domain;

/// <summary>CPU in proportion to memory: 1,769 MB is one CPU, https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html</summary>
internal static class CpuShare
{
    private const int MegabytesPerCpu = 1769;

    /// <summary>Thousandths of a CPU; null where the share is all the machine has, so that no limit is needed.</summary>
    internal static int? Millis(int memoryMegabytes, int cpus)
    {
        var millis = (int)Math.Round(memoryMegabytes * 1000.0 / MegabytesPerCpu);
        return millis >= cpus * 1000 ? null : millis;
    }
}
