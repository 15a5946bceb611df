namespace Fogbank.Services.Lambda.Runtime;

/// <summary>What the Runtime API tells its environment.</summary>
internal interface IRuntimeOwner
{
    /// <summary>The runtime answered an event.</summary>
    /// <param name="invocation">The event.</param>
    /// <param name="outcome">Its answer.</param>
    /// <param name="errorType">Set where it was the sandbox that made it an error.</param>
    void Finish(Invocation invocation, InvocationOutcome outcome, string? errorType);

    /// <summary>The runtime could not initialise. False where it had done so already.</summary>
    bool FailInit(ReadOnlyMemory<byte> payload, string errorType);
}
