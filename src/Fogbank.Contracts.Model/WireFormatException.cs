namespace Fogbank.Contracts;

/// <summary>A request that cannot be parsed: bad JSON or XML, a value of the wrong type. The front door answers with the protocol's own error.</summary>
public sealed class WireFormatException : Exception
{
    public WireFormatException()
    {
    }

    public WireFormatException(string message)
        : base(message)
    {
    }

    public WireFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
