namespace Fogbank.Engines.Oci;

/// <summary>Mount options that a workload's own file systems in memory can have.</summary>
internal static class TmpfsOptions
{
    private static readonly string[] Flags =
    [
        "defaults", "ro", "rw", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync", "remount", "mand", "nomand", "atime", "noatime",
        "diratime", "nodiratime", "relatime", "norelatime", "strictatime", "nostrictatime",
    ];

    private static readonly string[] Values = ["mode", "uid", "gid", "nr_inodes", "nr_blocks"];

    internal static bool IsKnown(string option) => Flags.Contains(option)
        || (option.Split('=') is [var name, var value] && Values.Contains(name) && value.Length is > 0 and < 20 && value.All(char.IsAsciiLetterOrDigit));
}
