namespace Fogbank.Engines.Oci.Images;

/// <summary>Which extended attributes of an archive a layer keeps.</summary>
internal static class LayerAttributes
{
    /// <summary>
    /// True for file capabilities, access control lists and users' own. Others belong to the machine that made the archive (labels,
    /// signatures, what macOS adds) and are left out. Refused is what overlay file systems obey, and all that only root of the host may set.
    /// </summary>
    /// <param name="name">The name, with NUL.</param>
    internal static bool IsKept(ReadOnlySpan<byte> name)
    {
        if (name.StartsWith("trusted."u8) || name.StartsWith("user.overlay."u8))
        {
            throw LayerErrors.Invalid("it has an extended attribute that images may not bring", name[..^1]);
        }
        return name.StartsWith("user."u8) || name.SequenceEqual("security.capability\0"u8)
            || name.SequenceEqual("system.posix_acl_access\0"u8) || name.SequenceEqual("system.posix_acl_default\0"u8);
    }
}
