namespace Fogbank.Services.Ecr.Domain;

/// <summary>Media types that the registry acts on. Sources: the OCI image specification; distribution's manifest v2 schema 2.</summary>
internal static class MediaTypes
{
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string OciIndex = "application/vnd.oci.image.index.v1+json";
    internal const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    internal const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    internal const string OciConfig = "application/vnd.oci.image.config.v1+json";
    internal const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>Manifests of schema 1, which name layers by a weaker scheme and are gone from clients since 2017.</summary>
    internal static bool IsSchema1(string type) => type.StartsWith("application/vnd.docker.distribution.manifest.v1+", StringComparison.Ordinal);

    internal static bool IsIndex(string type) => type is OciIndex or DockerList;

    internal static bool IsManifest(string type) => type is OciManifest or DockerManifest or OciIndex or DockerList;

    /// <summary>Layers that may not be distributed: clients fetch them elsewhere and do not push them.</summary>
    internal static bool IsForeignLayer(string type) =>
        type.StartsWith("application/vnd.docker.image.rootfs.foreign.diff.", StringComparison.Ordinal)
        || type.StartsWith("application/vnd.oci.image.layer.nondistributable.", StringComparison.Ordinal);
}
