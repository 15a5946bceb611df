using System.IO.Compression;
using Fogbank.Hosting;

namespace Fogbank.Runtimes;

/// <summary>
/// The runtime clients that the program carries: one zip, unpacked once into the cache, into a folder named after its content, so that another
/// version of the program never runs with these.
/// </summary>
internal static class EmbeddedRuntimes
{
    private const string Resource = "Fogbank.runtimes.zip";

    /// <summary>Where the clients are or will be: <c>python</c>, <c>node</c> and <c>dotnet</c> lie in that folder. Touches no disk.</summary>
    internal static string Locate(string cacheDirectory) => Path.Combine(cacheDirectory, "runtimes", ContentId());

    /// <summary>Unpacks the clients where they are not there yet.</summary>
    /// <returns>Their folder.</returns>
    internal static string Unpack(string cacheDirectory)
    {
        var folder = Locate(cacheDirectory);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        using var zip = Open();

        // Beside its place and then renamed: a crash in between leaves no half folder under the name.
        var unfinished = folder + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        ZipFile.ExtractToDirectory(zip, unfinished);
        MakeReadable(unfinished);
        Directory.Move(unfinished, folder);
        return folder;
    }

    private static Stream Open() =>
        typeof(EmbeddedRuntimes).Assembly.GetManifestResourceStream(Resource)
        ?? throw new InvalidOperationException("The program was built without its runtime clients.");

    private static string ContentId()
    {
        using var zip = Open();
        return ShortHash.Of(zip);
    }

    // Workloads are other users: they read the clients and must never write them.
    private static void MakeReadable(string folder)
    {
        const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode directory = file | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(folder, directory);
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(path, Directory.Exists(path) ? directory : file);
        }
    }
}
