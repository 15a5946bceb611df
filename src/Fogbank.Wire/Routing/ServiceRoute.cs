using Fogbank.Contracts;

namespace Fogbank.Wire.Routing;

/// <summary>Where a request goes.</summary>
internal sealed record ServiceRoute
{
    /// <summary>The API; null for services known by name only, and for unknown ones.</summary>
    public Api? Api { get; init; }

    /// <summary>The service, where it is known by name only.</summary>
    public KnownService? Known { get; init; }

    /// <summary>How the client speaks, and wants to be answered.</summary>
    public required WireProtocol Protocol { get; init; }

    /// <summary>Null where the API has no such operation.</summary>
    public OperationSchema? Operation { get; init; }

    /// <summary>What the client called the operation, where it named it; null where the path should have told.</summary>
    public string? OperationName { get; init; }

    /// <summary>The path as the codec reads it: a bucket out of the host name stands before it.</summary>
    public required string RawPath { get; init; }

    /// <summary>Labels of the path; null for protocols without them.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The bucket an S3 request is for; null where it is for none.</summary>
    public string? Bucket { get; init; }

    /// <summary>A form body that had to be read in order to route.</summary>
    public ReadOnlyMemory<byte>? FormBody { get; init; }

    public bool IsS3 => Api?.Name == "s3";
}
