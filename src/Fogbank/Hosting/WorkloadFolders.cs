using System.Text;

namespace Fogbank.Hosting;

/// <summary>Where the files lie that workloads run from: unpacked code, runtime clients, scratch folders.</summary>
/// <remarks>
/// A sandbox mounts them, so they can lie in the data folder, which nobody else may enter. A region of root that cannot isolate (an ordinary
/// container) gives each workload a user of its own who meets the paths as they are: then they lie in a folder that others may pass through.
/// </remarks>
internal sealed class WorkloadFolders : IDisposable
{
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const string Owner = "owner";
    private readonly string? _open;

    private WorkloadFolders(string cache, string run, string? open) => (Cache, Run, _open) = (cache, run, open);

    internal string Cache { get; }

    internal string Run { get; }

    /// <summary>The folders inside the data folder.</summary>
    internal static WorkloadFolders Inside(string cache, string run) => new(cache, run, null);

    /// <summary>Folders that others may pass through. Those of data folders that are gone are deleted.</summary>
    /// <param name="parent">A folder only root may write to, on a disk that programs may be run from.</param>
    /// <param name="dataDirectory">The data folder, whose lock the caller holds.</param>
    internal static WorkloadFolders InTheOpen(string parent, string dataDirectory)
    {
        MakePassable(parent);
        Sweep(parent);
        var open = Path.Combine(parent, ShortHash.Of(Encoding.UTF8.GetBytes(dataDirectory)));
        var folders = new WorkloadFolders(Path.Combine(open, "cache"), Path.Combine(open, "run"), open);
        MakePassable(open);
        File.WriteAllText(Path.Combine(open, Owner), dataDirectory);
        MakePassable(folders.Cache);
        MakePassable(folders.Run);
        return folders;
    }

    public void Dispose()
    {
        if (_open is not null && Directory.Exists(_open))
        {
            Directory.Delete(_open, recursive: true);
        }
    }

    private static void MakePassable(string folder)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, Passable); // whatever the umask is
    }

    private static void Sweep(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent))
        {
            var owner = Path.Combine(folder, Owner);
            if (File.Exists(owner) && !Directory.Exists(File.ReadAllText(owner)))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
