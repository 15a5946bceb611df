namespace Fogbank.Kernel;

/// <summary>What a few operations need of the HTTP request itself. Names are compared without case.</summary>
public abstract class HttpDetails
{
    /// <summary>The header's value; null where it is absent; several lines are joined by commas.</summary>
    public abstract string? Header(string name);

    /// <summary>A query parameter's decoded value; null where it is absent.</summary>
    public abstract string? Query(string name);

    /// <summary>A trailer, once the body has been read to its end; null where it is absent.</summary>
    public abstract string? Trailer(string name);

    /// <summary>Names of the trailers that the request announced.</summary>
    public abstract IReadOnlyList<string> AnnouncedTrailers { get; }

    /// <summary>Length of the decoded body in bytes; null where the client did not say.</summary>
    public abstract long? DecodedContentLength { get; }

    public abstract string? RemoteAddress { get; }

    /// <summary>The path as the client sent it, undecoded, with its query.</summary>
    public abstract string RawTarget { get; }
}
