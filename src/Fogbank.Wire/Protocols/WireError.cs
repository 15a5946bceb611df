using Fogbank.Contracts;

namespace Fogbank.Wire.Protocols;

/// <summary>An error on its way to the client, without a word of any protocol.</summary>
/// <param name="Code">Code, status and fault.</param>
/// <param name="Message">The text; null where AWS sends none.</param>
public sealed record WireError(ErrorCode Code, string? Message)
{
    /// <summary>Further members of the error's body, by wire name, in the order of writing (S3's <c>BucketName</c>, Lambda's <c>Reason</c>).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Members { get; init; } = [];

    /// <summary>Further members that are numbers; JSON protocols alone know the difference.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Numbers { get; init; } = [];

    /// <summary>Further headers of the answer (<c>Retry-After</c>, <c>x-amz-bucket-region</c>).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The path that S3 repeats as <c>Resource</c>; null elsewhere.</summary>
    public string? Resource { get; init; }

    /// <summary>
    /// True for what the model's own errors are; false for what AWS's framework says before a service is reached (validation,
    /// serialization, signatures, throttling at the edge). Lambda's bodies differ between the two.
    /// </summary>
    public bool IsModelled { get; init; } = true;
}
