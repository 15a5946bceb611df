using System.Globalization;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class InitiateLayerUpload(BlobUploads uploads) : IOperation<InitiateLayerUploadRequest, InitiateLayerUploadResponse>
{
    public async ValueTask<InitiateLayerUploadResponse> HandleAsync(
        InitiateLayerUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        var upload = await uploads.StartAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        return new() { UploadId = upload.Id, PartSize = EcrLimits.LayerPartBytes };
    }
}

[Operation]
internal sealed class UploadLayerPart(EcrStore store, BlobUploads uploads) : IOperation<UploadLayerPartRequest, UploadLayerPartResponse>
{
    public async ValueTask<UploadLayerPartResponse> HandleAsync(
        UploadLayerPartRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        var id = request.UploadId;
        var upload = await uploads.FindAsync(key, id, cancellationToken) ?? throw EcrErrors.NoSuchUpload(key, id);
        var (first, last, part) = (request.PartFirstByte!.Value, request.PartLastByte!.Value, request.LayerPartBlob!.Value);
        if (last - first + 1 != part.Length || part.Length is 0 or > EcrLimits.LayerPartBytes)
        {
            throw EcrErrors.InvalidLayerPart(key, id, upload.SizeBytes - 1, string.Create(
                CultureInfo.InvariantCulture,
                $"The layer part size is not valid: bytes {first} to {last} were announced, {part.Length} were sent, and a part has at most {EcrLimits.LayerPartBytes}."));
        }

        if (upload.Parts.Count >= EcrLimits.LayerParts)
        {
            throw EcrErrors.LimitExceeded(string.Create(CultureInfo.InvariantCulture, $"A layer upload can have at most {EcrLimits.LayerParts} parts."));
        }

        using var body = new MemoryStream(part.ToArray(), writable: false);
        var result = await uploads.AppendAsync(key, id, body, first, cancellationToken);
        return result.Outcome switch
        {
            UploadOutcome.Appended => new()
            {
                RegistryId = key.RegistryId,
                RepositoryName = key.Name,
                UploadId = id,
                LastByteReceived = result.SizeBytes - 1,
            },
            UploadOutcome.WrongOffset => throw EcrErrors.InvalidLayerPart(
                key, id, result.SizeBytes - 1, "The first byte specified is not consecutive to the last byte of a previous layer part upload."),
            UploadOutcome.TooLarge => throw EcrErrors.LimitExceeded("The layer would be larger than 52,000 MiB."),
            _ => throw EcrErrors.NoSuchUpload(key, id),
        };
    }
}

[Operation]
internal sealed class CompleteLayerUpload(EcrStore store, BlobUploads uploads) : IOperation<CompleteLayerUploadRequest, CompleteLayerUploadResponse>
{
    public async ValueTask<CompleteLayerUploadResponse> HandleAsync(
        CompleteLayerUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        var upload = await uploads.FindAsync(key, request.UploadId, cancellationToken) ?? throw EcrErrors.NoSuchUpload(key, request.UploadId);
        if (upload.SizeBytes == 0)
        {
            throw EcrErrors.EmptyUpload();
        }

        if (upload.Parts.SkipLast(1).Any(static part => part.SizeBytes < EcrLimits.LayerPartMinimumBytes))
        {
            throw EcrErrors.LayerPartTooSmall();
        }

        // Several digests are several algorithms for the same bytes; the layer gets the first that can be verified.
        var digest = request.LayerDigests.FirstOrDefault(ContentDigest.IsSupported)
            ?? throw EcrErrors.InvalidParameter("layerDigests", "must contain a digest of sha256 in lower case");
        var result = await uploads.CompleteAsync(key, upload.Id, digest, Stream.Null, upload.SizeBytes, cancellationToken);
        return result.Outcome switch
        {
            UploadOutcome.Stored when result.Existed => throw EcrErrors.LayerExists(key, digest),
            UploadOutcome.Stored => new()
            {
                RegistryId = key.RegistryId,
                RepositoryName = key.Name,
                UploadId = upload.Id,
                LayerDigest = digest,
            },
            UploadOutcome.DigestDiffers => throw EcrErrors.LayerDigestDoesNotMatch(),
            _ => throw EcrErrors.NoSuchUpload(key, upload.Id),
        };
    }
}
