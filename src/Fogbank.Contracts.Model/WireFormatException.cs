namespace Fogbank.Contracts;

/// <summary>A request that cannot be parsed: bad JSON or XML, a value of the wrong type. The front door answers with the protocol's own error.</summary>
public class WireFormatException : Exception
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

    /// <summary>The member whose text cannot be read, where it stands in a header, the query or the path; null elsewhere.</summary>
    public MemberSchema? Member { get; init; }

    /// <summary>The text that cannot be read; null where the fault is not in one value.</summary>
    public string? Value { get; init; }
}
