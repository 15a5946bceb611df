using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Fogbank.Tests.EndToEnd.Harness;

namespace Fogbank.Tests.EndToEnd.Lambda;

/// <summary>A layer of a function's image, made of this machine's own files: an uncompressed archive in a folder of the test run.</summary>
internal sealed partial class ImageLayer
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly DirectoryInfo Folder = Directory.CreateTempSubdirectory("fogbank-e2e-layers-");
    private static readonly Lazy<Task<ImageLayer>> PythonLayer = new(MakePythonAsync);
    private static readonly Lazy<Task<ImageLayer>> NodeLayer = new(MakeNodeAsync);
    private static readonly Lazy<Task<ImageLayer>> DotNetLayer = new(MakeDotNetAsync);

    static ImageLayer() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Folder.Delete(recursive: true);

    private ImageLayer(string path)
    {
        Path = path;
        using var stream = File.OpenRead(path);
        Digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(stream))}";
        Size = stream.Length;
    }

    internal string Path { get; }

    internal string Digest { get; }

    internal long Size { get; }

    /// <summary>The system's Python and the runtime client.</summary>
    internal static Task<ImageLayer> PythonAsync() => PythonLayer.Value;

    /// <summary>The system's Node.js and the runtime client.</summary>
    internal static Task<ImageLayer> NodeAsync() => NodeLayer.Value;

    /// <summary>The machine's .NET runtime and the runtime client.</summary>
    internal static Task<ImageLayer> DotNetAsync() => DotNetLayer.Value;

    /// <summary>Some files by name and content.</summary>
    internal static ImageLayer Of(params IEnumerable<(string Name, byte[] Content)> files)
    {
        var path = NewPath();
        using (var writer = new TarWriter(File.Create(path)))
        {
            foreach (var (name, content) in files)
            {
                Add(writer, name, new MemoryStream(content));
            }
        }

        return new(path);
    }

    private static async Task<ImageLayer> MakePythonAsync()
    {
        const string library = "/usr/lib/python3.11";
        var files = Directory.EnumerateFiles(library, "*", SearchOption.AllDirectories)
            .Where(static file => !file.Contains("/test", StringComparison.Ordinal) && !file.Contains("/idlelib/", StringComparison.Ordinal))
            .Append("/usr/bin/python3.11");
        return await OfSystemAsync(files, [.. Directory.EnumerateFiles($"{library}/lib-dynload"), "/usr/bin/python3.11"], "runtimes/python", "*.py");
    }

    private static Task<ImageLayer> MakeNodeAsync() => OfSystemAsync(["/usr/bin/node"], ["/usr/bin/node"], "runtimes/node", "*.cjs");

    private static async Task<ImageLayer> MakeDotNetAsync()
    {
        const string root = "/usr/share/dotnet";
        var runtime = Directory.EnumerateDirectories($"{root}/shared/Microsoft.NETCore.App", "10.*").Order(StringComparer.Ordinal).Last();
        string[] files =
        [
            $"{root}/dotnet",
            .. Directory.EnumerateFiles($"{root}/host", "*", SearchOption.AllDirectories),
            .. Directory.EnumerateFiles(runtime),
        ];
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return await OfSystemAsync(
            files, [.. files.Where(static file => file.EndsWith(".so", StringComparison.Ordinal)), files[0]],
            $"runtimes/dotnet/Fogbank.Runtimes.DotNet/bin/{configuration}/net10.0", "Fogbank.*");
    }

    /// <summary>Files of this machine at their own places, the libraries that programs among them need, and a runtime client.</summary>
    private static async Task<ImageLayer> OfSystemAsync(IEnumerable<string> files, IReadOnlyList<string> programs, string client, string pattern)
    {
        var linked = await ProgramRun.StartAsync("/usr/bin/ldd", programs, new Dictionary<string, string>(), null, CancellationToken.None);
        var libraries = Library().Matches(linked.Output).Select(static match => match.Groups[1].Value);
        var path = NewPath();
        await using var writer = new TarWriter(File.Create(path));
        foreach (var file in files.Concat(libraries).Distinct(StringComparer.Ordinal))
        {
            await using var content = File.OpenRead(file);
            Add(writer, file[1..], content);
        }

        foreach (var file in Directory.EnumerateFiles(Repository.Of(client), pattern))
        {
            await using var content = File.OpenRead(file);
            Add(writer, "var/runtime/" + System.IO.Path.GetFileName(file), content);
        }

        await writer.DisposeAsync();
        return new(path);
    }

    private static void Add(TarWriter writer, string name, Stream content) => writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = content,
        Mode = Executable,
        ModificationTime = DateTimeOffset.UnixEpoch,
    });

    private static string NewPath() => System.IO.Path.Combine(Folder.FullName, System.IO.Path.GetRandomFileName());

    [GeneratedRegex(@"\s(/\S+)\s\(0x")]
    private static partial Regex Library();
}
