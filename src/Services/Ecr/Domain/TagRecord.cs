namespace Fogbank.Services.Ecr.Domain;

/// <summary>A tag of a repository.</summary>
/// <param name="Digest">The image that it points at.</param>
/// <param name="TaggedAt">Since when.</param>
internal sealed record TagRecord(string Digest, DateTimeOffset TaggedAt);
