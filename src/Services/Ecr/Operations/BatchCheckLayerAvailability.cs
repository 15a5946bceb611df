using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Store;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class BatchCheckLayerAvailability(EcrStore store, BlobUploads uploads)
    : IOperation<BatchCheckLayerAvailabilityRequest, BatchCheckLayerAvailabilityResponse>
{
    /// <summary>What AWS says of a layer that no manifest has named yet.</summary>
    private const string UnknownMediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    public async ValueTask<BatchCheckLayerAvailabilityResponse> HandleAsync(
        BatchCheckLayerAvailabilityRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        var layers = new List<Layer>();
        var failures = new List<LayerFailure>();
        foreach (var digest in request.LayerDigests)
        {
            if (digest.Length == 0)
            {
                failures.Add(new() { LayerDigest = digest, FailureCode = LayerFailureCode.MissingLayerDigest, FailureReason = "Missing layer digest" });
            }
            else if (!ImageLookup.IsDigest(digest))
            {
                failures.Add(new()
                {
                    LayerDigest = digest,
                    FailureCode = LayerFailureCode.InvalidLayerDigest,
                    FailureReason = "Invalid request parameters: layer digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
                });
            }
            else if (await store.FindBlobAsync(key, digest, cancellationToken) is { } blob)
            {
                await uploads.TouchAsync(key, blob, cancellationToken);
                layers.Add(new()
                {
                    LayerDigest = digest,
                    LayerAvailability = LayerAvailability.Available,
                    LayerSize = blob.SizeBytes,
                    MediaType = blob.MediaType ?? UnknownMediaType,
                });
            }
            else
            {
                layers.Add(new() { LayerDigest = digest, LayerAvailability = LayerAvailability.Unavailable });
            }
        }

        return new() { Layers = layers, Failures = failures };
    }
}
