using Fogbank.Contracts;
using Fogbank.Kernel;

namespace Fogbank.Wire.Chunked;

/// <summary>What is wrong with a chunked body.</summary>
internal static class ChunkedErrors
{
    /// <summary>It ended early, or is not as long as announced.</summary>
    public static AwsException Incomplete() =>
        new(new ErrorCode("IncompleteBody", 400), "The request body terminated unexpectedly");

    public static AwsException MissingLength() =>
        new(new ErrorCode("MissingContentLength", 411), "You must provide the Content-Length HTTP header.");

    public static AwsException Malformed(string what) =>
        new(new ErrorCode("InvalidRequest", 400), $"The aws-chunked body is malformed: {what}.");

    public static AwsException MalformedTrailer() =>
        new(
            new ErrorCode("MalformedTrailerError", 400),
            "The request contained trailing data that was not well-formed or did not conform to our published schema.");
}
