using Fogbank.Contracts;

namespace Fogbank.Kernel;

/// <summary>An error for the client, in AWS's words. Made by the factories in a service's <c>XErrors</c>; the protocol gives it its form.</summary>
public sealed class AwsException : Exception
{
    public AwsException(ErrorCode code, string message, IReadOnlyDictionary<string, string>? members = null)
        : base(message)
    {
        Code = code;
        Members = members ?? new Dictionary<string, string>();
    }

    public ErrorCode Code { get; }

    /// <summary>Further members of the error by their wire names (<c>Type</c>, <c>Reason</c>, <c>BucketName</c> …).</summary>
    public IReadOnlyDictionary<string, string> Members { get; }

    /// <summary>Further members that are numbers on the wire.</summary>
    public IReadOnlyDictionary<string, long> Numbers { get; init; } = new Dictionary<string, long>();

    /// <summary>Headers to add to the answer (<c>Retry-After</c>, <c>Location</c>).</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}
