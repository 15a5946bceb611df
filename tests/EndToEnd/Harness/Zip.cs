using System.IO.Compression;
using System.Text;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>Zips as users make them.</summary>
internal static class Zip
{
    public static byte[] Of(params (string Name, string Text)[] files) => Of(files.Select(file => (file.Name, Encoding.UTF8.GetBytes(file.Text))));

    public static byte[] Of(IEnumerable<(string Name, byte[] Bytes)> files)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = Convert.ToInt32("100755", 8) << 16;
                using var target = entry.Open();
                target.Write(bytes);
            }
        }

        return buffer.ToArray();
    }

    /// <summary>All files of a folder, those of its folders too.</summary>
    public static byte[] OfFolder(string folder) => Of(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => (Path.GetRelativePath(folder, path), File.ReadAllBytes(path))));
}
