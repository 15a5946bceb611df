namespace Fogbank.Lambda;

/// <summary>An error of the runtime itself (a handler that is not there, a payload that cannot be read), not of the handler.</summary>
public sealed class LambdaRuntimeException : Exception
{
    public LambdaRuntimeException()
    {
    }

    public LambdaRuntimeException(string message)
        : base(message)
    {
    }

    public LambdaRuntimeException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal LambdaRuntimeException(string name, string message, Exception? innerException)
        : base(message, innerException) => Name = name;

    /// <summary>The error type that is reported, null for the class's own name.</summary>
    internal string? Name { get; }
}
