using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Fogbank.Load;

/// <summary>An image of the system's Python, the compiled runtime client and the function that does nothing.</summary>
internal static partial class PythonImage
{
    private const string Types = "application/vnd.oci.image";

    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Pushes it as <c>bench:latest</c>; <paramref name="folder"/> is one that <see cref="PythonRuntime.Prepare"/> has filled.</summary>
    public static void Push(Settings settings, string folder, int port)
    {
        var layer = Layer(settings, folder);
        var digest = DigestOf(layer);
        var architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        var config = Encoding.UTF8.GetBytes($$$"""
            {"architecture":"{{{architecture}}}","os":"linux","config":{"Entrypoint":["{{{settings.Python}}}","-S","-P","/var/runtime/bootstrap.py"],"Cmd":["index.handler"],"WorkingDir":"/var/task"},"rootfs":{"type":"layers","diff_ids":["{{{digest}}}"]}}
            """);
        var manifest = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""
            {"schemaVersion":2,"mediaType":"{{{Types}}}.manifest.v1+json","config":{"mediaType":"{{{Types}}}.config.v1+json","digest":"{{{DigestOf(config)}}}","size":{{{config.Length}}}},"layers":[{"mediaType":"{{{Types}}}.layer.v1.tar","digest":"{{{digest}}}","size":{{{layer.Length}}}}]}
            """));
        using var client = new RegistryConnection(port);
        client.PushBlob("bench", layer, digest);
        client.PushBlob("bench", config, DigestOf(config));
        client.Expect(201, "PUT", "/v2/bench/manifests/latest", manifest, $"Content-Type: {Types}.manifest.v1+json\r\n");
    }

    private static byte[] Layer(Settings settings, string folder)
    {
        var library = $"/usr/lib/{Path.GetFileName(settings.Python)}";
        var programs = Directory.EnumerateFiles($"{library}/lib-dynload").Append(settings.Python).ToList();
        using var memory = new MemoryStream();
        using (var writer = new TarWriter(memory, leaveOpen: true))
        {
            var files = Directory.EnumerateFiles(library, "*", SearchOption.AllDirectories).Append(settings.Python).Concat(Libraries(programs));
            foreach (var file in files.Where(static file => !file.Contains("/test", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
            {
                Add(writer, file, file[1..]);
            }

            var client = Path.Combine(folder, "client");
            foreach (var file in Directory.EnumerateFiles(client, "*", SearchOption.AllDirectories))
            {
                Add(writer, file, $"var/runtime/{Path.GetRelativePath(client, file)}");
            }

            Add(writer, Path.Combine(folder, "task", "index.py"), "var/task/index.py");
        }

        return memory.ToArray();
    }

    private static IEnumerable<string> Libraries(IEnumerable<string> programs)
    {
        using var listing = Process.Start(new ProcessStartInfo("/usr/bin/ldd", programs) { RedirectStandardOutput = true })!;
        var text = listing.StandardOutput.ReadToEnd();
        listing.WaitForExit();
        return Library().Matches(text).Select(static match => match.Groups[1].Value);
    }

    // With its time: compiled files name that of their source.
    private static void Add(TarWriter writer, string file, string name)
    {
        using var content = File.OpenRead(file);
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = Mode, ModificationTime = File.GetLastWriteTimeUtc(file) });
    }

    private static string DigestOf(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    [GeneratedRegex(@"\s(/\S+)\s\(0x")]
    private static partial Regex Library();
}
