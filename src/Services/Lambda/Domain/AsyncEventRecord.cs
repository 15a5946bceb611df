namespace Fogbank.Services.Lambda.Domain;

/// <summary>An event that was accepted for asynchronous invocation.</summary>
internal sealed record AsyncEventRecord
{
    /// <summary>The request id of the call that brought it: the same at every attempt.</summary>
    public required string RequestId { get; init; }

    public required string FunctionName { get; init; }

    /// <summary>Null: unqualified.</summary>
    public string? Qualifier { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Decoded; null for none.</summary>
    public string? ClientContext { get; init; }

    public string? TraceHeader { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>Attempts that the function itself failed.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>Attempts that never reached the function since the last one that did.</summary>
    public int ThrottledAttempts { get; init; }

    /// <summary>Finished: kept for a while only to recognise a repetition of the call that brought it.</summary>
    public bool IsDone { get; init; }

    /// <summary>Whether the caller may repeat the call.</summary>
    public bool IsRepeatable { get; init; }

    public required DateTimeOffset WakeAt { get; init; }
}
