using System.Text.Json;
using Fogbank.Client;

namespace Fogbank.Images;

/// <summary>A reference of a manifest to bytes.</summary>
/// <param name="Digest"><c>sha256:</c> and 64 lower-case digits; checked.</param>
internal sealed record ImageDescriptor(string MediaType, string Digest, long Size)
{
    /// <summary>In an index: <c>linux/amd64</c>; null where it does not say.</summary>
    internal string? Platform { get; init; }

    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The digest's digits.</summary>
    internal string Hex => Digest["sha256:".Length..];

    internal bool IsIndex => ImageTypes.IsIndex(MediaType);

    internal static bool IsDigest(string text) =>
        text.Length == 71 && text.StartsWith("sha256:", StringComparison.Ordinal) && text.AsSpan(7).IndexOfAnyExcept(Digits) < 0;

    internal static ImageDescriptor Read(JsonElement element)
    {
        try
        {
            var (type, digest, size) = (
                element.TryGetProperty("mediaType", out var stated) ? stated.GetString()! : "",
                element.GetProperty("digest").GetString()!,
                element.GetProperty("size").GetInt64());
            if (!IsDigest(digest) || size < 0)
            {
                throw new FormatException();
            }

            var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
            if (element.TryGetProperty("annotations", out var map) && map.ValueKind == JsonValueKind.Object)
            {
                foreach (var item in map.EnumerateObject())
                {
                    annotations[item.Name] = item.Value.GetString() ?? "";
                }
            }

            var platform = element.TryGetProperty("platform", out var runs) && runs.ValueKind == JsonValueKind.Object
                ? $"{runs.GetProperty("os").GetString()}/{runs.GetProperty("architecture").GetString()}"
                : null;
            return new(type, digest, size) { Platform = platform, Annotations = annotations };
        }
        catch (Exception broken) when (broken is FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CommandException("A manifest names something in a form that cannot be read: each needs mediaType, a digest of sha256, and size.");
        }
    }

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789abcdef");
}

/// <summary>Media types of manifests and layers.</summary>
internal static class ImageTypes
{
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string OciIndex = "application/vnd.oci.image.index.v1+json";
    internal const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    internal const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    internal const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    internal const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    internal static bool IsIndex(string type) => type is OciIndex or DockerList;

    internal static bool IsManifest(string type) => type is OciManifest or DockerManifest;

    /// <summary>Layers that may not be distributed, and are not there.</summary>
    internal static bool IsForeign(string type) =>
        type.StartsWith("application/vnd.docker.image.rootfs.foreign.", StringComparison.Ordinal)
        || type.StartsWith("application/vnd.oci.image.layer.nondistributable.", StringComparison.Ordinal);
}
