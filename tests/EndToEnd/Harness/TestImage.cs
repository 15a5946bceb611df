using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>An image made on the spot, as a folder with an OCI layout.</summary>
internal sealed class TestImage
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private readonly string _folder;

    private TestImage(string folder) => _folder = folder;

    /// <summary>Digest of the manifest.</summary>
    internal string Digest { get; private set; } = "";

    /// <summary>Configuration and layers as stored.</summary>
    internal long Bytes { get; private set; }

    internal string Folder => _folder;

    /// <summary>Writes an image of one layer a text, each with a file of that text and some that does not compress.</summary>
    internal static TestImage Create(string folder, string tag, params string[] layers)
    {
        Directory.CreateDirectory(Path.Combine(folder, "blobs/sha256"));
        var image = new TestImage(folder);
        var (descriptors, diffIds) = (new List<object>(), new List<string>());
        for (var i = 0; i < layers.Length; i++)
        {
            var plain = Layer($"file{i}", layers[i]);
            diffIds.Add(DigestOf(plain));
            descriptors.Add(image.Add("application/vnd.oci.image.layer.v1.tar+gzip", Gzip(plain)));
        }

        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            created = "2026-01-01T00:00:00Z",
            architecture = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64",
            os = "linux",
            config = new { Cmd = new[] { "/file0" } },
            rootfs = new { type = "layers", diff_ids = diffIds },
            history = layers.Select(_ => new { created_by = "test" }),
        });
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = image.Add("application/vnd.oci.image.config.v1+json", config),
            layers = descriptors,
        });
        image.Digest = DigestOf(manifest);
        File.WriteAllBytes(Path.Combine(folder, "blobs/sha256", image.Digest[7..]), manifest);
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(
            Path.Combine(folder, "index.json"),
            $$$"""{"schemaVersion":2,"manifests":[{"mediaType":"{{{ManifestType}}}","digest":"{{{image.Digest}}}","size":{{{manifest.Length}}},"annotations":{"org.opencontainers.image.ref.name":"{{{tag}}}"}}]}""");
        return image;
    }

    internal static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private object Add(string type, byte[] bytes)
    {
        var digest = DigestOf(bytes);
        File.WriteAllBytes(Path.Combine(_folder, "blobs/sha256", digest[7..]), bytes);
        Bytes += bytes.Length;
        return new { mediaType = type, digest, size = bytes.Length };
    }

    private static byte[] Layer(string name, string text)
    {
        using var buffer = new MemoryStream();
        using (var writer = new TarWriter(buffer, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)), ModificationTime = DateTimeOffset.UnixEpoch });
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name + ".bin") { DataStream = new MemoryStream(RandomNumberGenerator.GetBytes(200_000)), ModificationTime = DateTimeOffset.UnixEpoch });
        }

        return buffer.ToArray();
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        return buffer.ToArray();
    }
}
