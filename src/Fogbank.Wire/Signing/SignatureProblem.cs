namespace Fogbank.Wire.Signing;

/// <summary>Why what a request carries is no signature that can be judged.</summary>
internal enum SignatureFault
{
    /// <summary>The scheme is no signature at all.</summary>
    UnsupportedScheme,

    /// <summary>Version 2, or the asymmetric variant of version 4.</summary>
    UnsupportedVersion,

    /// <summary>A part is missing or malformed.</summary>
    Malformed,

    /// <summary>A parameter of a presigned URL is missing or malformed.</summary>
    MalformedQuery,

    /// <summary>Likewise of a URL of version 2.</summary>
    IncompleteVersion2,
}

/// <summary>A fault with words for the client.</summary>
internal sealed record SignatureProblem(SignatureFault Fault, string Message);
