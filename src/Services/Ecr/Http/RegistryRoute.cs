namespace Fogbank.Services.Ecr.Http;

/// <summary>What a path below <c>/v2/</c> means.</summary>
internal enum RegistryResource
{
    /// <summary><c>/v2/</c>: whether this is a registry, and whether it lets the client in.</summary>
    Base,
    Catalog,
    Tags,
    Manifest,
    Blob,
    UploadStart,
    Upload,
    Referrers,
}

/// <summary>A path below <c>/v2/</c>, read from its end, since repositories may be called like its words.</summary>
/// <param name="Repository">As sent, not checked; "" where the resource belongs to none.</param>
/// <param name="Reference">Tag, digest or upload id; "" where there is none.</param>
internal readonly record struct RegistryRoute(RegistryResource Resource, string Repository, string Reference)
{
    private const string Root = "/v2/";

    /// <summary>Null for what is no path of a registry.</summary>
    internal static RegistryRoute? Parse(string path)
    {
        if (path is "/v2" or Root)
        {
            return new(RegistryResource.Base, "", "");
        }

        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            return null;
        }

        var parts = path[Root.Length..].Split('/');
        return parts switch
        {
            ["_catalog"] => new(RegistryResource.Catalog, "", ""),
            [_, .., "tags", "list"] => new(RegistryResource.Tags, Name(parts, 2), ""),
            [_, .., "blobs", "uploads", ""] => new(RegistryResource.UploadStart, Name(parts, 3), ""),
            [_, .., "blobs", "uploads"] => new(RegistryResource.UploadStart, Name(parts, 2), ""),
            [_, .., "blobs", "uploads", var id] => new(RegistryResource.Upload, Name(parts, 3), Uri.UnescapeDataString(id)),
            [_, .., "manifests", var reference] => new(RegistryResource.Manifest, Name(parts, 2), Uri.UnescapeDataString(reference)),
            [_, .., "blobs", var digest] => new(RegistryResource.Blob, Name(parts, 2), Uri.UnescapeDataString(digest)),
            [_, .., "referrers", var digest] => new(RegistryResource.Referrers, Name(parts, 2), Uri.UnescapeDataString(digest)),
            _ => null,
        };
    }

    private static string Name(string[] parts, int behind) => Uri.UnescapeDataString(string.Join('/', parts[..^behind]));
}
