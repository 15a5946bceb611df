using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Fogbank.Client;

namespace Fogbank.Images;

/// <summary>Brings the images of an archive into the registry: an OCI layout, or what <c>docker save</c> writes.</summary>
/// <param name="name">Where to; null: as the archive calls them.</param>
internal sealed class ImageImport(ImageFiles files, RegistryClient registry, ImageName? name, TextWriter output)
{
    private const int MaxListBytes = 4 << 20;
    private const int MaxDepth = 4;
    private readonly HashSet<string> _pushed = new(StringComparer.Ordinal);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        // docker save of today writes both; the layout has the digests.
        if (await files.ReadAsync("index.json", MaxListBytes, cancellationToken) is { } index)
        {
            await LayoutAsync(index, cancellationToken);
        }
        else if (await files.ReadAsync("manifest.json", MaxListBytes, cancellationToken) is { } list)
        {
            await DockerAsync(list, cancellationToken);
        }
        else
        {
            throw new CommandException("This is no image archive: it has neither index.json (OCI) nor manifest.json (docker save).");
        }
    }

    private async Task LayoutAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        if (await files.ReadAsync("oci-layout", MaxListBytes, cancellationToken) is { } version)
        {
            using var layout = ImageManifest.Parse(version, "oci-layout");
            if (!layout.RootElement.TryGetProperty("imageLayoutVersion", out var number) || number.GetString() is not ['1', '.', ..])
            {
                throw new CommandException("The archive is an OCI layout of another version than 1.");
            }
        }

        var images = ImageManifest.Read(bytes, ImageTypes.OciIndex).Children;
        if (images.Count == 0)
        {
            throw new CommandException("The archive holds no image.");
        }

        foreach (var image in images)
        {
            var own = image.Annotations.GetValueOrDefault("io.containerd.image.name") ?? image.Annotations.GetValueOrDefault("org.opencontainers.image.ref.name");
            await StoreAsync(
                Target(own, images.Count),
                (repository, tag) => PushAsync(repository, image, tag, 0, cancellationToken),
                cancellationToken);
        }
    }

    private async Task DockerAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var json = ImageManifest.Parse(bytes, "manifest.json");
        if (json.RootElement.ValueKind != JsonValueKind.Array || json.RootElement.GetArrayLength() == 0)
        {
            throw new CommandException("The archive holds no image.");
        }

        foreach (var image in json.RootElement.EnumerateArray())
        {
            string[] tags, layers;
            string config;
            try
            {
                tags = image.TryGetProperty("RepoTags", out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(static item => item.GetString()!)] : [];
                layers = [.. image.GetProperty("Layers").EnumerateArray().Select(static item => item.GetString()!)];
                config = image.GetProperty("Config").GetString()!;
            }
            catch (Exception broken) when (broken is InvalidOperationException or KeyNotFoundException)
            {
                throw new CommandException("manifest.json of the archive is not in the form that docker save writes.");
            }

            var targets = name is not null || tags.Length == 0 ? [Target(tags.FirstOrDefault(), json.RootElement.GetArrayLength())] : tags.Select(tag => Target(tag, 1)).ToList();
            foreach (var target in targets)
            {
                await StoreAsync(target, (repository, tag) => PushDockerAsync(repository, config, layers, tag, cancellationToken), cancellationToken);
            }
        }
    }

    /// <param name="own">What the archive calls the image; null for nothing.</param>
    private ImageName Target(string? own, int images)
    {
        if (name is not null)
        {
            return name.Tag is not null && images > 1
                ? throw new CommandException($"The archive holds {images} images, and {name} is the name of one. Give a repository without tag: they keep their own.")
                : name.Tag is not null || own is null ? name : name with { Tag = own[(own.LastIndexOf(':') + 1)..] is { Length: > 0 } tag && !tag.Contains('/', StringComparison.Ordinal) ? tag : null };
        }

        if (own is null || (!own.Contains(':', StringComparison.Ordinal) && !own.Contains('/', StringComparison.Ordinal)))
        {
            throw new CommandException("The archive does not say what its image is called. Give a name: fogbank image import ARCHIVE my-app:v1.");
        }

        var parsed = ImageName.Parse(own);
        return parsed.Repository.StartsWith("library/", StringComparison.Ordinal) ? parsed with { Repository = parsed.Repository["library/".Length..] } : parsed;
    }

    private async Task StoreAsync(ImageName target, Func<string, string?, Task<string>> push, CancellationToken cancellationToken)
    {
        if (await registry.EnsureRepositoryAsync(target.Repository, cancellationToken))
        {
            output.WriteLine($"Created repository {target.Repository}.");
        }

        var tag = target.Tag ?? (name is null ? null : "latest");
        output.WriteLine($"Imported {target.Repository}{(tag is null ? "" : $":{tag}")}@{await push(target.Repository, tag)}");
    }

    /// <summary>Pushes a manifest after all that it names.</summary>
    private async Task<string> PushAsync(string repository, ImageDescriptor described, string? tag, int depth, CancellationToken cancellationToken)
    {
        if (depth > MaxDepth)
        {
            throw new CommandException($"The archive's indexes are nested deeper than {MaxDepth} levels.");
        }

        var bytes = await files.ReadAsync($"blobs/sha256/{described.Hex}", ImageManifest.MaxBytes, cancellationToken)
            ?? throw new CommandException($"The archive lacks the manifest {described.Digest}.");
        if (bytes.Length != described.Size || $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}" != described.Digest)
        {
            throw new CommandException($"The manifest {described.Digest} of the archive has other bytes than that.");
        }

        var manifest = ImageManifest.Read(bytes, described.MediaType);
        foreach (var child in manifest.Children)
        {
            if (_pushed.Add($"{repository}@{child.Digest}"))
            {
                await PushAsync(repository, child, null, depth + 1, cancellationToken);
            }
        }

        foreach (var blob in manifest.Config is null ? manifest.Layers : manifest.Layers.Prepend(manifest.Config))
        {
            await PushBlobAsync(repository, blob, cancellationToken);
        }

        await registry.PutManifestAsync(repository, tag ?? described.Digest, manifest.MediaType, bytes, cancellationToken);
        return described.Digest;
    }

    private async Task PushBlobAsync(string repository, ImageDescriptor blob, CancellationToken cancellationToken)
    {
        if (!_pushed.Add($"{repository}@{blob.Digest}") || await registry.HasBlobAsync(repository, blob.Digest, cancellationToken))
        {
            return;
        }

        await using var bytes = files.Open($"blobs/sha256/{blob.Hex}");
        if (bytes is null && ImageTypes.IsForeign(blob.MediaType))
        {
            return;
        }

        if (bytes is null || bytes.Length != blob.Size)
        {
            throw new CommandException(bytes is null ? $"The archive lacks the blob {blob.Digest}." : $"The blob {blob.Digest} of the archive has {bytes.Length} bytes, and the manifest says {blob.Size}.");
        }

        // The registry verifies the digest as it takes the bytes.
        await registry.PutBlobAsync(repository, blob.Digest, bytes, cancellationToken);
    }

    /// <summary>Makes a manifest of what <c>docker save</c> wrote, the layers compressed as <c>docker push</c> does it.</summary>
    private async Task<string> PushDockerAsync(string repository, string configName, string[] layerNames, string? tag, CancellationToken cancellationToken)
    {
        var config = await files.ReadAsync(configName, ImageManifest.MaxConfigBytes, cancellationToken)
            ?? throw new CommandException($"The archive lacks {configName}.");
        var diffIds = DiffIds(config);
        if (diffIds.Count != layerNames.Length)
        {
            throw new CommandException($"The archive has {layerNames.Length} layers, and its configuration says {diffIds.Count}.");
        }

        var configDigest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(config))}";
        if (!await registry.HasBlobAsync(repository, configDigest, cancellationToken))
        {
            await registry.PutBlobAsync(repository, configDigest, new MemoryStream(config), cancellationToken);
        }

        var layers = new List<(string Digest, long Size)>();
        for (var i = 0; i < layerNames.Length; i++)
        {
            layers.Add(await PushLayerAsync(repository, layerNames[i], diffIds[i], cancellationToken));
        }

        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", ImageTypes.DockerManifest);
            json.WritePropertyName("config");
            WriteDescriptor(json, ImageTypes.DockerConfig, configDigest, config.Length);
            json.WriteStartArray("layers");
            foreach (var (digest, size) in layers)
            {
                WriteDescriptor(json, ImageTypes.DockerLayer, digest, size);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var bytes = buffer.ToArray();
        var manifestDigest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        await registry.PutManifestAsync(repository, tag ?? manifestDigest, ImageTypes.DockerManifest, bytes, cancellationToken);
        return manifestDigest;
    }

    private async Task<(string Digest, long Size)> PushLayerAsync(string repository, string file, string diffId, CancellationToken cancellationToken)
    {
        Stream Open() => files.Open(file) ?? throw new CommandException($"The archive lacks {file}.");
        await using var first = Open();
        var magic = new byte[2];
        if (await first.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken) == 2 && magic is [0x1F, 0x8B])
        {
            return await PushGzippedAsync(repository, Open, file, diffId, cancellationToken);
        }

        await using var bytes = Open();
        var (digest, size, actual) = await registry.PutCompressedAsync(repository, bytes, cancellationToken);
        return actual == diffId ? (digest, size) : throw Differs(file, diffId);
    }

    /// <summary>Some builders compress the layers of their archives: they stay as they are.</summary>
    private async Task<(string Digest, long Size)> PushGzippedAsync(
        string repository, Func<Stream> open, string file, string diffId, CancellationToken cancellationToken)
    {
        try
        {
            await using var plain = new GZipStream(open(), CompressionMode.Decompress);
            if ($"sha256:{Convert.ToHexStringLower(await SHA256.HashDataAsync(plain, cancellationToken))}" != diffId)
            {
                throw Differs(file, diffId);
            }
        }
        catch (InvalidDataException)
        {
            throw Differs(file, diffId);
        }

        await using var hashed = open();
        var digest = $"sha256:{Convert.ToHexStringLower(await SHA256.HashDataAsync(hashed, cancellationToken))}";
        await using var bytes = open();
        if (!await registry.HasBlobAsync(repository, digest, cancellationToken))
        {
            await registry.PutBlobAsync(repository, digest, bytes, cancellationToken);
        }

        return (digest, bytes.Length);
    }

    private static CommandException Differs(string file, string diffId) => new($"{file} of the archive is not the layer {diffId} that its configuration names.");

    internal static IReadOnlyList<string> DiffIds(byte[] config)
    {
        using var json = ImageManifest.Parse(config, "The image's configuration");
        try
        {
            return [.. json.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(static item => item.GetString()!)];
        }
        catch (Exception broken) when (broken is InvalidOperationException or KeyNotFoundException)
        {
            throw new CommandException("The image's configuration names no layers (rootfs.diff_ids).");
        }
    }

    internal static void WriteDescriptor(Utf8JsonWriter json, string type, string digest, long size)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", type);
        json.WriteString("digest", digest);
        json.WriteNumber("size", size);
        json.WriteEndObject();
    }
}
