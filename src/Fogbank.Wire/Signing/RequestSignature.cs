using Fogbank.Kernel.Signing;

namespace Fogbank.Wire.Signing;

/// <summary>The signature a request carries, as it says of itself: nothing of it is verified yet.</summary>
internal sealed record RequestSignature
{
    /// <summary>It stands in the query (presigned) and not in a header.</summary>
    public required bool IsPresigned { get; init; }

    /// <summary>It is a presigned URL of version 2, which signs less and expires at a time instead of after one.</summary>
    public bool IsVersion2 { get; init; }

    public required string AccessKeyId { get; init; }

    public required CredentialScope Scope { get; init; }

    /// <summary>Lower case, in the client's order.</summary>
    public required IReadOnlyList<string> SignedHeaders { get; init; }

    /// <summary>Hexadecimal; of version 2 base64.</summary>
    public required string Signature { get; init; }

    /// <summary>Time of signing in the form that is signed.</summary>
    public required string AmzDate { get; init; }

    public required DateTimeOffset SignedAt { get; init; }

    public string? SessionToken { get; init; }

    /// <summary>How long a presigned URL holds; null for headers.</summary>
    public TimeSpan? Lifetime { get; init; }
}
