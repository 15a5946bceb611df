using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>Takes deployment packages in: from the request or from S3, hashed while they are written, checked before they are kept.</summary>
internal sealed class CodeUpload(LambdaStore store, IRegion region)
{
    private const int CopyBytes = 128 * 1024;

    /// <summary>A package that is written and checked, and not yet part of the store. Disposing it drops it unless it was attached.</summary>
    internal sealed class Package(PendingBlob blob, string digest) : IAsyncDisposable
    {
        internal string Digest { get; } = digest;

        internal long SizeBytes => blob.Length;

        /// <summary>Makes it part of the store with one reference, which the caller's record then holds.</summary>
        internal CodeRecord Attach(ITransaction transaction) => new()
        {
            Digest = Digest,
            SizeBytes = blob.Length,
            BlobId = transaction.AttachBlob(blob, $"sha256:{Digest}").Value,
        };

        public ValueTask DisposeAsync() => blob.DisposeAsync();
    }

    /// <summary>Reads the code of a request; throws AWS's errors.</summary>
    internal ValueTask<Package> ReadAsync(
        ReadOnlyMemory<byte>? zip, string? bucket, string? key, string? version, RequestContext context, CancellationToken cancellationToken) =>
        (zip, bucket, key) switch
        {
            ({ } bytes, null, null) => FromRequestAsync(bytes, cancellationToken),
            (null, { } from, { } name) => FromS3Async(from, name, version, context, cancellationToken),
            (null, null, null) => throw LambdaErrors.InvalidParameter("Please provide a source for function code."),
            _ => throw LambdaErrors.InvalidParameter("Please do not provide other FunctionCode parameters when providing a ZipFile."),
        };

    private async ValueTask<Package> FromRequestAsync(ReadOnlyMemory<byte> zip, CancellationToken cancellationToken)
    {
        if (zip.Length >= CodeLimits.ZippedBytes)
        {
            throw LambdaErrors.ZippedTooLarge();
        }

        using var stream = MemoryMarshal.TryGetArray(zip, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(zip.ToArray(), writable: false);
        return await WriteAsync(stream, cancellationToken);
    }

    private async ValueTask<Package> FromS3Async(
        string bucket, string key, string? version, RequestContext context, CancellationToken cancellationToken)
    {
        GetObjectResponse answer;
        try
        {
            answer = await region.SendAsync(
                new GetObjectRequest { Bucket = bucket, Key = key, VersionId = version }, context.Principal, context.Scope, null, cancellationToken);
        }
        catch (AwsException refused) when (refused.Code.Status is >= 400 and < 500)
        {
            throw LambdaErrors.FromS3(refused);
        }

        await using var body = answer.Body ?? Stream.Null;
        return await WriteAsync(body, cancellationToken);
    }

    private async ValueTask<Package> WriteAsync(Stream source, CancellationToken cancellationToken)
    {
        await using var writer = store.Control.Blobs.Create();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBytes];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (writer.Length + read > CodeLimits.UnzippedBytes)
            {
                throw LambdaErrors.UnzippedTooLarge();
            }

            hash.AppendData(buffer.AsSpan(0, read));
            await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        var blob = await writer.CompleteAsync(cancellationToken);
        try
        {
            await using (var stream = blob.OpenRead())
            {
                ZipPackage.Check(stream);
            }

            return new Package(blob, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch
        {
            await blob.DisposeAsync();
            throw;
        }
    }
}
