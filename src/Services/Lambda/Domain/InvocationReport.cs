namespace Fogbank.Services.Lambda.Domain;

/// <summary>What the log says at the end of an invocation.</summary>
internal sealed record InvocationReport
{
    internal const string Success = "success";
    internal const string Timeout = "timeout";
    internal const string Error = "error";

    public required string RequestId { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Set on the first invocation of an environment.</summary>
    public TimeSpan? InitDuration { get; init; }

    public required int MemoryMegabytes { get; init; }

    public long MaxMemoryBytes { get; init; }

    /// <summary><see cref="Success"/>, <see cref="Timeout"/> or <see cref="Error"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Set where the environment died: its type stands in the REPORT line.</summary>
    public string? ErrorType { get; init; }

    /// <summary>Whole milliseconds, rounded up, initialisation included (AWS bills it since August 2025).</summary>
    public long BilledMilliseconds => Math.Max(1, (long)Math.Ceiling((Duration + (InitDuration ?? TimeSpan.Zero)).TotalMilliseconds));

    public long MaxMemoryMegabytes => Math.Min(MemoryMegabytes, (MaxMemoryBytes + (1 << 20) - 1) >> 20);
}
