using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>An image of Debian's static busybox and a few of its names, made on the spot as a folder with an OCI layout.</summary>
internal static class BusyboxImage
{
    internal const string Program = "/bin/busybox";

    private static readonly string[] s_names = ["sh", "echo", "cat", "sleep", "env", "id", "wget", "nc", "httpd", "touch", "test", "ls", "true", "false", "dd", "yes"];

    internal static void Write(string folder, string tag)
    {
        var blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256")).FullName;
        var plain = Layer();
        var config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64",
            os = "linux",
            config = new { Cmd = new[] { "sh", "-c", "echo hello from the image" }, Env = new[] { "PATH=/bin" } },
            rootfs = new { type = "layers", diff_ids = new[] { DigestOf(plain) } },
        });
        var manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            config = Add("application/vnd.oci.image.config.v1+json", config),
            layers = new[] { Add("application/vnd.oci.image.layer.v1.tar+gzip", Gzip(plain)) },
        });
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllBytes(
            Path.Combine(folder, "index.json"),
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                schemaVersion = 2,
                manifests = new[]
                {
                    new Dictionary<string, object>(Add("application/vnd.oci.image.manifest.v1+json", manifest))
                    {
                        ["annotations"] = new Dictionary<string, string> { ["org.opencontainers.image.ref.name"] = tag },
                    },
                },
            }));

        Dictionary<string, object> Add(string type, byte[] content)
        {
            File.WriteAllBytes(Path.Combine(blobs, DigestOf(content)[7..]), content);
            return new() { ["mediaType"] = type, ["digest"] = DigestOf(content), ["size"] = content.Length };
        }
    }

    private static byte[] Layer()
    {
        using var buffer = new MemoryStream();
        using (var tar = new TarWriter(buffer, leaveOpen: true))
        {
            const UnixFileMode Usual = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "bin/") { Mode = Usual });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp/") { Mode = Usual | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = Usual, DataStream = new MemoryStream(File.ReadAllBytes(Program)) });
            foreach (var name in s_names)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{name}") { LinkName = "busybox" });
            }

            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "etc/") { Mode = Usual });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/passwd")
            {
                DataStream = new MemoryStream(Encoding.ASCII.GetBytes("root:x:0:0:root:/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n")),
            });
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

    private static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
