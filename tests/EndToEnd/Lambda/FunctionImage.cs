using System.Text.Json;
using Fogbank.Tests.EndToEnd.Harness;

namespace Fogbank.Tests.EndToEnd.Lambda;

/// <summary>What an image says about how to run it.</summary>
internal sealed record FunctionImage
{
    private const string Types = "application/vnd.oci.image";

    public required IReadOnlyList<ImageLayer> Layers { get; init; }

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    public IReadOnlyList<string> Env { get; init; } = [];

    public string WorkingDir { get; init; } = "/var/task";

    /// <summary>Writes it as an OCI layout; returns its digest.</summary>
    internal string Write(string folder, string tag)
    {
        var blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs/sha256")).FullName;
        var config = Put(blobs, new
        {
            architecture = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64",
            os = "linux",
            config = new { Entrypoint, Cmd, Env, WorkingDir, User = "root" },
            rootfs = new { type = "layers", diff_ids = Layers.Select(static layer => layer.Digest) },
        });
        foreach (var layer in Layers)
        {
            var blob = Path.Combine(blobs, layer.Digest[7..]);
            if (!File.Exists(blob))
            {
                File.CreateSymbolicLink(blob, layer.Path);
            }
        }

        var manifest = Put(blobs, new
        {
            schemaVersion = 2,
            mediaType = $"{Types}.manifest.v1+json",
            config = new { mediaType = $"{Types}.config.v1+json", digest = config.Digest, size = config.Size },
            layers = Layers.Select(static layer => new { mediaType = $"{Types}.layer.v1.tar", digest = layer.Digest, size = layer.Size }),
        });
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(folder, "index.json"), JsonSerializer.Serialize(new
        {
            schemaVersion = 2,
            manifests = new[]
            {
                new
                {
                    mediaType = $"{Types}.manifest.v1+json",
                    digest = manifest.Digest,
                    size = manifest.Size,
                    annotations = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = tag },
                },
            },
        }));
        return manifest.Digest;
    }

    private static readonly JsonSerializerOptions s_withoutNulls = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static (string Digest, long Size) Put(string blobs, object value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, s_withoutNulls);
        var digest = TestImage.DigestOf(bytes);
        File.WriteAllBytes(Path.Combine(blobs, digest[7..]), bytes);
        return (digest, bytes.Length);
    }
}
