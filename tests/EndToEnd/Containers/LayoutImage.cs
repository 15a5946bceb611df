using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fogbank.Tests.EndToEnd.Harness;

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>One layer as it is pushed, and what the image's configuration says that it holds.</summary>
internal sealed record LayoutLayer(byte[] Bytes, string DiffId, string MediaType = "application/vnd.oci.image.layer.v1.tar+gzip")
{
    /// <summary>A sound layer of what <paramref name="write"/> writes.</summary>
    internal static LayoutLayer Of(Action<TarWriter> write)
    {
        using var plain = new MemoryStream();
        using (var tar = new TarWriter(plain, TarEntryFormat.Pax, leaveOpen: true))
        {
            write(tar);
        }

        return OfTar(plain.ToArray());
    }

    internal static LayoutLayer OfTar(byte[] tar) => new(Gzip(tar), TestImage.DigestOf(tar));

    internal static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }
}

/// <summary>An image in a folder with an OCI layout, sound or not: every blob is stored under its true digest, whatever it holds.</summary>
internal static class LayoutImage
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    internal static string MachineArchitecture { get; } = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";

    /// <summary>Writes it with the tag <c>it</c>.</summary>
    /// <param name="folder">Where; must not be there.</param>
    /// <param name="layers">Lowest first.</param>
    /// <param name="config">Command, user and the like.</param>
    /// <param name="inIndexFor">Null tags the manifest; otherwise an index that offers it for this architecture alone.</param>
    /// <returns>The folder.</returns>
    internal static string Write(string folder, IReadOnlyList<LayoutLayer> layers, object? config = null, string? inIndexFor = null)
    {
        Directory.CreateDirectory(Path.Combine(folder, "blobs/sha256"));
        var manifest = new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = Add("application/vnd.oci.image.config.v1+json", JsonSerializer.SerializeToUtf8Bytes(new
            {
                created = "2026-01-01T00:00:00Z",
                architecture = inIndexFor ?? MachineArchitecture,
                os = "linux",
                config = config ?? new { Cmd = new[] { "/bin/sh" } },
                rootfs = new { type = "layers", diff_ids = layers.Select(layer => layer.DiffId) },
            })),
            layers = layers.Select(layer => Add(layer.MediaType, layer.Bytes)).ToList(),
        };
        var top = Add(ManifestType, JsonSerializer.SerializeToUtf8Bytes(manifest));
        if (inIndexFor is not null)
        {
            top["platform"] = new { architecture = inIndexFor, os = "linux" };
            top = Add("application/vnd.oci.image.index.v1+json", JsonSerializer.SerializeToUtf8Bytes(
                new { schemaVersion = 2, mediaType = "application/vnd.oci.image.index.v1+json", manifests = new[] { top } }));
        }

        top["annotations"] = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = "it" };
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllBytes(Path.Combine(folder, "index.json"), JsonSerializer.SerializeToUtf8Bytes(new { schemaVersion = 2, manifests = new[] { top } }));
        return folder;

        Dictionary<string, object> Add(string type, byte[] bytes)
        {
            var digest = TestImage.DigestOf(bytes);
            File.WriteAllBytes(Path.Combine(folder, "blobs/sha256", digest[7..]), bytes);
            return new() { ["mediaType"] = type, ["digest"] = digest, ["size"] = bytes.Length };
        }
    }
}
