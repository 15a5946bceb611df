using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>A file system in an image.</summary>
internal sealed record TmpImage
{
    /// <summary>A mount of it that is attached nowhere.</summary>
    public required int Mount { get; init; }

    /// <summary>Keeps the device while nothing is mounted; -1 where only the mount does.</summary>
    public int Device { get; init; } = -1;

    /// <summary>The device, <c>/dev/loop3</c>.</summary>
    public string DevicePath { get; init; } = "";

    /// <summary>The image, or empty when it has no name any more.</summary>
    public string File { get; init; } = "";

    /// <summary>Closes and deletes everything; what still uses the file system keeps it until then.</summary>
    internal void Discard()
    {
        Close();
        if (File.Length > 0)
        {
            System.IO.File.Delete(File);
        }
    }

    /// <summary>Closes both descriptors.</summary>
    internal void Close()
    {
        _ = Libc.Close(Mount);
        if (Device >= 0)
        {
            _ = Libc.Close(Device);
        }
    }
}
