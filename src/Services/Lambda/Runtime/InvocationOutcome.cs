namespace Fogbank.Services.Lambda.Runtime;

/// <summary>How an invocation ended.</summary>
internal readonly record struct InvocationOutcome
{
    /// <summary>The function's answer, or the error as JSON.</summary>
    internal ReadOnlyMemory<byte> Payload { get; init; }

    internal bool IsFunctionError { get; init; }

    /// <summary>The event never reached the runtime: it may be given to another environment.</summary>
    internal bool IsUndelivered { get; init; }

    internal TimeSpan Duration { get; init; }

    /// <summary>Gives the end of the log once it is written; null where nobody asked.</summary>
    internal Task<byte[]>? LogTail { get; init; }

    internal static InvocationOutcome Undelivered => new() { IsUndelivered = true };

    internal static InvocationOutcome Success(ReadOnlyMemory<byte> payload) => new() { Payload = payload };

    internal static InvocationOutcome Error(ReadOnlyMemory<byte> payload) => new() { Payload = payload, IsFunctionError = true };
}
