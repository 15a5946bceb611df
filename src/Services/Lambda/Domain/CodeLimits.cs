namespace Fogbank.Services.Lambda.Domain;

/// <summary>Lambda's limits in bytes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html</summary>
internal static class CodeLimits
{
    /// <summary>A deployment package as it is uploaded inline.</summary>
    internal const long ZippedBytes = 52_428_800;

    /// <summary>A deployment package unpacked, layers included.</summary>
    internal const long UnzippedBytes = 262_144_000;

    /// <summary>All packages of an account in a region: 75 GB.</summary>
    internal const long AccountBytes = 80_530_636_800;

    /// <summary>The payload of a synchronous invocation.</summary>
    internal const int SyncPayloadBytes = 6_291_456;

    /// <summary>The payload of an asynchronous invocation (1 MB since January 2026).</summary>
    internal const int AsyncPayloadBytes = 1_048_576;

    /// <summary>The answer of a function: what AWS's own error text names, 100 bytes above 6 MB.</summary>
    internal const int ResponseBytes = 6_291_556;

    /// <summary>The client context as it is sent, encoded.</summary>
    internal const int ClientContextBytes = 3_583;

    /// <summary>All environment variables as one JSON object.</summary>
    internal const int EnvironmentBytes = 4_096;

    /// <summary>A resource policy.</summary>
    internal const int PolicyBytes = 20_480;

    /// <summary>An image, unpacked: 10 GiB.</summary>
    internal const long ImageBytes = 10L << 30;

    internal const int Tags = 50;
}
