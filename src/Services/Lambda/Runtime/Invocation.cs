namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// One event on its way through an environment. It is completed exactly once, by whoever comes first: the runtime's answer, the deadline,
/// or the end of the environment.
/// </summary>
internal sealed class Invocation
{
    // Continuations run on the completing thread: that saves a thread switch on every invocation, and nothing is locked there.
    private readonly TaskCompletionSource<InvocationOutcome> _outcome = new();
    private int _isCompleting;

    internal required string RequestId { get; init; }

    /// <summary>As the caller named the function: with its qualifier where it gave one.</summary>
    internal required string InvokedArn { get; init; }

    internal required ReadOnlyMemory<byte> Payload { get; init; }

    internal required TimeSpan Timeout { get; init; }

    /// <summary>Decoded; null for none.</summary>
    internal string? ClientContext { get; init; }

    internal required string TraceHeader { get; init; }

    /// <summary>The caller wants the end of the log.</summary>
    internal bool WantsLog { get; init; }

    /// <summary>Its place in the account's concurrency, given back before the caller is answered.</summary>
    internal ConcurrencyGate.Lease Lease { get; set; }

    /// <summary>Timestamp of the hand-over to the runtime; 0 before. Set earlier where initialisation is part of the invocation.</summary>
    internal long StartedAt { get; set; }

    /// <summary>When the function times out.</summary>
    internal DateTimeOffset Deadline { get; set; }

    /// <summary>The environment was made for an event: its initialisation is billed with the first one.</summary>
    internal TimeSpan? InitDuration { get; set; }

    internal Task<InvocationOutcome> Outcome => _outcome.Task;

    /// <summary>True for the first caller only, who then must call <see cref="Complete"/>.</summary>
    internal bool TryBeginCompletion() => Interlocked.CompareExchange(ref _isCompleting, 1, 0) == 0;

    internal void Complete(InvocationOutcome outcome)
    {
        if (!outcome.IsUndelivered)
        {
            Lease.Release();
        }

        _outcome.SetResult(outcome);
    }

    /// <summary>The same event for another environment, after this one gave it back undelivered.</summary>
    internal Invocation Again() => new()
    {
        RequestId = RequestId,
        InvokedArn = InvokedArn,
        Payload = Payload,
        Timeout = Timeout,
        ClientContext = ClientContext,
        TraceHeader = TraceHeader,
        WantsLog = WantsLog,
        Lease = Lease,
    };
}
