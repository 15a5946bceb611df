namespace Fogbank.Engines;

/// <summary>An engine could not do what was asked.</summary>
public sealed class EngineException : Exception
{
    /// <summary>Makes one; <paramref name="message"/> is for operators and names no secret.</summary>
    public EngineException(EngineErrorKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What callers decide by.</summary>
    public EngineErrorKind Kind { get; }
}
