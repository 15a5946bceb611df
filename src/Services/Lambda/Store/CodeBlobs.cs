using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>References from configurations to the packages that the store keeps. Images are the registry's: none is held for them.</summary>
internal static class CodeBlobs
{
    internal static IEnumerable<BlobId> Of(CodeRecord? code) => code?.BlobId is { } blob ? [new BlobId(blob)] : [];

    /// <summary>One reference more. False where the package is gone.</summary>
    internal static bool Retain(ITransaction transaction, CodeRecord code) => code.BlobId is not { } blob || transaction.RetainBlob(new BlobId(blob));

    /// <summary>One reference less.</summary>
    internal static void Release(ITransaction transaction, CodeRecord code)
    {
        if (code.BlobId is { } blob)
        {
            transaction.ReleaseBlob(new BlobId(blob));
        }
    }
}
