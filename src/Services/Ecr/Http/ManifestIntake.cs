using System.Buffers;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.Ecr.Http;

/// <summary>Takes manifests in: read up to their limit, understood, and hashed.</summary>
internal sealed class ManifestIntake(EcrStore store, EcrOptions options, TimeProvider time)
{
    /// <param name="digest">What its bytes must have; null: nothing was promised.</param>
    internal async ValueTask<PushedManifest> ReadAsync(HttpRequest request, string? digest, CancellationToken cancellationToken)
    {
        if (request.ContentLength > ManifestReader.MaxBytes)
        {
            throw RegistryErrors.ManifestTooLarge();
        }

        var bytes = await ReadBodyAsync(request, cancellationToken);
        var actual = ContentDigest.Of(bytes.Span, digest);
        if (digest is not null && actual != digest)
        {
            throw RegistryErrors.DigestDiffers(digest, actual);
        }

        var facts = ManifestReader.TryRead(bytes, request.ContentType, out var problem) ?? throw RegistryErrors.ManifestInvalid(problem);
        return new PushedManifest(actual, facts, await store.WriteManifestAsync(bytes, cancellationToken));
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(options.BodyStall, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        var body = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 4096) + 1);
        int read;
        try
        {
            while ((read = await request.Body.ReadAsync(body.GetMemory(), either.Token)) > 0)
            {
                body.Advance(read);
                if (body.WrittenCount > ManifestReader.MaxBytes)
                {
                    throw RegistryErrors.ManifestTooLarge();
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw RegistryErrors.UploadStalled();
        }

        return body.WrittenMemory;
    }
}
