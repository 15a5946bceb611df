using System.IO.Compression;
using Fogbank.Client;

namespace Fogbank.CommandLine.Functions;

/// <summary>Zips a folder as Lambda wants it: files at the root, their permissions kept, the same bytes for the same files.</summary>
internal static class FunctionZip
{
    private const int MaxBytes = 50 * 1024 * 1024;

    // What no function needs at run time.
    private static readonly HashSet<string> LeftOut = new(StringComparer.Ordinal) { ".git", ".svn", "__pycache__", ".venv", "venv", ".pytest_cache", ".DS_Store" };

    // Times are left out, so that unchanged code has an unchanged digest. The first moment that zips know.
    private static readonly DateTimeOffset Time = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static byte[] Create(string folder)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, name) in Files(folder, "").OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                Add(zip, path, name);
            }
        }

        if (buffer.Length > MaxBytes)
        {
            throw new CommandException(
                $"{folder} is {buffer.Length / (1024 * 1024)} MB zipped; Lambda takes 50 MB directly. Leave out what it does not need, or put the zip into a bucket.");
        }

        return buffer.ToArray();
    }

    private static IEnumerable<(string Path, string Name)> Files(string folder, string prefix)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            var name = Path.GetFileName(path);
            if (LeftOut.Contains(name))
            {
                continue;
            }

            if (Directory.Exists(path))
            {
                foreach (var file in Files(path, $"{prefix}{name}/"))
                {
                    yield return file;
                }
            }
            else
            {
                yield return (path, prefix + name);
            }
        }
    }

    private static void Add(ZipArchive zip, string path, string name)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = Time;
        const int regularFile = 0x8000;
        var mode = (int)File.GetUnixFileMode(path);

        // The function is another user: it must be able to read its code, and to run what its owner can run.
        const int readable = 0x124;
        const int executable = 0x49;
        var forAll = readable | ((mode & (int)UnixFileMode.UserExecute) != 0 ? executable : 0);
        entry.ExternalAttributes = (regularFile | mode | forAll) << 16;
        using var target = entry.Open();
        using var source = File.OpenRead(path);
        source.CopyTo(target);
    }
}
