using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>A manifest that was read, hashed and written, and is not yet part of a repository. Disposing it drops it unless it was attached.</summary>
internal sealed record PushedManifest(string Digest, ManifestFacts Facts, PendingBlob Blob) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Blob.DisposeAsync();
}
