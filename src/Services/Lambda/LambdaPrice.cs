namespace Fogbank.Services.Lambda;

/// <summary>
/// What an invocation costs on AWS, list price of us-east-1 without the free tier: https://aws.amazon.com/lambda/pricing/ Pure: the
/// command line and the bill use the same figures.
/// </summary>
public static class LambdaPrice
{
    /// <summary>US dollars a request.</summary>
    public const decimal PerRequest = 0.20m / 1_000_000;

    /// <summary>US dollars a GB-second on x86, first tier.</summary>
    public const decimal PerGbSecondX86 = 0.0000166667m;

    /// <summary>US dollars a GB-second on Arm, first tier.</summary>
    public const decimal PerGbSecondArm = 0.0000133334m;

    /// <summary>US dollars a GB-second of <c>/tmp</c> above the 512 MB that are included.</summary>
    public const decimal PerStorageGbSecond = 0.0000000309m;

    private const int IncludedStorageMegabytes = 512;

    /// <summary>Duration in GB-seconds, of memory as configured.</summary>
    public static decimal GbSeconds(int memoryMegabytes, long billedMilliseconds) => memoryMegabytes / 1024m * billedMilliseconds / 1000m;

    /// <summary>What one invocation costs, in US dollars.</summary>
    /// <param name="memoryMegabytes">The function's memory size.</param>
    /// <param name="billedMilliseconds">Billed duration of the REPORT line, initialisation included.</param>
    /// <param name="isArm">Architecture arm64.</param>
    /// <param name="storageMegabytes">Size of <c>/tmp</c>.</param>
    public static decimal OfInvocation(
        int memoryMegabytes, long billedMilliseconds, bool isArm = false, int storageMegabytes = IncludedStorageMegabytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(billedMilliseconds);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(memoryMegabytes);
        var duration = GbSeconds(memoryMegabytes, billedMilliseconds) * (isArm ? PerGbSecondArm : PerGbSecondX86);
        var storage = GbSeconds(Math.Max(0, storageMegabytes - IncludedStorageMegabytes), billedMilliseconds) * PerStorageGbSecond;
        return PerRequest + duration + storage;
    }
}
