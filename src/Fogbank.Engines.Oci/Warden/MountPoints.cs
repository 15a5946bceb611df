namespace Fogbank.Engines.Oci.Warden;

/// <summary>Folders that are the same for all containers: each sees its own file systems there, in its own mount namespace.</summary>
internal sealed class MountPoints
{
    private readonly string _folder;

    internal MountPoints(string runDirectory)
    {
        _folder = Path.Combine(runDirectory, "mnt");
        foreach (var folder in (string[])[Root, Storage, Tmp])
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>The container's root.</summary>
    internal string Root => Path.Combine(_folder, "root");

    /// <summary>The group's storage.</summary>
    internal string Storage => Path.Combine(_folder, "storage");

    /// <summary>The container's <c>/tmp</c>, where it has one of its own.</summary>
    internal string Tmp => Path.Combine(_folder, "tmp");

    /// <summary>A volume in the group's storage.</summary>
    internal string Volume(string name) => Path.Combine(Storage, "volumes", name);

    /// <summary>What a container writes to its root.</summary>
    internal string Upper(string container) => Path.Combine(Storage, "containers", container, "upper");

    /// <summary>What the overlay file system needs beside.</summary>
    internal string Work(string container) => Path.Combine(Storage, "containers", container, "work");
}
