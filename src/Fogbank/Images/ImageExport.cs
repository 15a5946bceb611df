using System.IO.Compression;
using System.Text.Json;
using Fogbank.Client;

namespace Fogbank.Images;

/// <summary>Writes an image of the registry to an archive, every blob verified on its way.</summary>
/// <param name="platform">Of an index, the one image to take (<c>linux/arm64</c>); null: all, or this machine's where the form holds but one.</param>
internal sealed class ImageExport(RegistryClient registry, ImageName name, string? platform)
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>An OCI layout in a tar archive, as skopeo and podman call it <c>oci-archive</c>; <c>docker load</c> reads it too.</summary>
    internal async Task WriteLayoutAsync(Stream output, CancellationToken cancellationToken)
    {
        var (manifest, digest) = await registry.GetManifestAsync(name.Repository, name.Reference, cancellationToken);
        if (platform is not null && ImageTypes.IsIndex(manifest.MediaType))
        {
            (manifest, digest) = await ChooseAsync(manifest, platform, cancellationToken);
        }

        var tar = new TarOutput(output);
        await tar.AddAsync("oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray(), cancellationToken);
        await WriteTreeAsync(tar, manifest, digest, cancellationToken);
        await tar.AddAsync("index.json", Index(manifest, digest), cancellationToken);
        await tar.EndAsync(cancellationToken);
    }

    /// <summary>What <c>docker save</c> wrote before it wrote layouts: plain layers, one image.</summary>
    internal async Task WriteDockerAsync(Stream output, CancellationToken cancellationToken)
    {
        var (manifest, digest) = await registry.GetManifestAsync(name.Repository, name.Reference, cancellationToken);
        if (ImageTypes.IsIndex(manifest.MediaType))
        {
            (manifest, _) = await ChooseAsync(manifest, platform ?? ThisPlatform(), cancellationToken);
        }

        using var config = new MemoryStream();
        await registry.CopyBlobAsync(name.Repository, manifest.Config!, config, cancellationToken);
        var diffIds = ImageImport.DiffIds(config.ToArray());
        if (diffIds.Count != manifest.Layers.Count)
        {
            throw new CommandException($"{name} is no image that runs: it has {manifest.Layers.Count} layers, and its configuration names {diffIds.Count}. Take --format oci-archive.");
        }

        var tar = new TarOutput(output);
        await tar.AddAsync($"{manifest.Config!.Hex}.json", config.ToArray(), cancellationToken);
        var layers = new List<string>();
        for (var i = 0; i < diffIds.Count; i++)
        {
            var file = $"{diffIds[i][(diffIds[i].IndexOf(':', StringComparison.Ordinal) + 1)..]}.tar";
            if (_written.Add(file))
            {
                var (layer, diffId) = (manifest.Layers[i], diffIds[i]);
                await tar.AddAsync(file, to => WritePlainAsync(layer, diffId, to, cancellationToken), cancellationToken);
            }

            layers.Add(file);
        }

        await tar.AddAsync("manifest.json", DockerList(manifest.Config!.Hex, layers), cancellationToken);
        await tar.EndAsync(cancellationToken);
    }

    private static string ThisPlatform() =>
        System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "linux/arm64" : "linux/amd64";

    private async Task<(ImageManifest Manifest, string Digest)> ChooseAsync(ImageManifest index, string wanted, CancellationToken cancellationToken)
    {
        var child = index.Children.FirstOrDefault(child => child.Platform == wanted)
            ?? throw new CommandException($"{name} has no image for {wanted}: it has {string.Join(", ", index.Children.Select(static child => child.Platform).OfType<string>().Distinct())}.");
        return await registry.GetManifestAsync(name.Repository, child.Digest, cancellationToken);
    }

    private async Task WriteTreeAsync(TarOutput tar, ImageManifest manifest, string digest, CancellationToken cancellationToken)
    {
        if (!_written.Add(digest))
        {
            return;
        }

        foreach (var child in manifest.Children)
        {
            var (inner, _) = await registry.GetManifestAsync(name.Repository, child.Digest, cancellationToken);
            await WriteTreeAsync(tar, inner, child.Digest, cancellationToken);
        }

        foreach (var blob in manifest.Config is null ? manifest.Layers : manifest.Layers.Prepend(manifest.Config))
        {
            if (!ImageTypes.IsForeign(blob.MediaType) && _written.Add(blob.Digest))
            {
                await tar.AddAsync($"blobs/sha256/{blob.Hex}", to => registry.CopyBlobAsync(name.Repository, blob, to, cancellationToken), cancellationToken);
            }
        }

        await tar.AddAsync($"blobs/sha256/{digest["sha256:".Length..]}", manifest.Bytes, cancellationToken);
    }

    /// <summary>Decompresses a layer while it comes.</summary>
    private async Task WritePlainAsync(ImageDescriptor layer, string diffId, Stream to, CancellationToken cancellationToken)
    {
        if (layer.MediaType.EndsWith("zstd", StringComparison.Ordinal) || ImageTypes.IsForeign(layer.MediaType))
        {
            throw new CommandException($"A layer of {name} is {layer.MediaType}, which a docker-archive does not hold. Take --format oci-archive.");
        }

        await using var packed = ImageFiles.TemporaryFile();
        await registry.CopyBlobAsync(name.Repository, layer, packed, cancellationToken);
        packed.Position = 0;
        await using var plain = ImageFiles.IsGzip(packed) ? new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true) : (Stream)packed;
        await using var hashed = new HashedOutput(to);
        try
        {
            await plain.CopyToAsync(hashed, cancellationToken);
        }
        catch (InvalidDataException broken)
        {
            throw new CommandException($"The layer {layer.Digest} cannot be decompressed: {broken.Message}");
        }

        if (hashed.Digest() != diffId)
        {
            throw new CommandException($"The layer {layer.Digest} is not the {diffId} that the image's configuration names.");
        }
    }

    private byte[] Index(ImageManifest manifest, string digest) => Json(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", ImageTypes.OciIndex);
        json.WriteStartArray("manifests");
        json.WriteStartObject();
        json.WriteString("mediaType", manifest.MediaType);
        json.WriteString("digest", digest);
        json.WriteNumber("size", manifest.Bytes.Length);
        json.WriteStartObject("annotations");
        json.WriteString("io.containerd.image.name", $"{name.Repository}:{name.Tag ?? "latest"}");
        json.WriteString("org.opencontainers.image.ref.name", name.Tag ?? "latest");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private byte[] DockerList(string config, List<string> layers) => Json(json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("Config", $"{config}.json");
        json.WriteStartArray("RepoTags");
        json.WriteStringValue($"{name.Repository}:{name.Tag ?? "latest"}");
        json.WriteEndArray();
        json.WriteStartArray("Layers");
        layers.ForEach(json.WriteStringValue);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.ToArray();
    }
}
