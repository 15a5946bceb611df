using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// The marks by which a layer deletes what lies below it (OCI image specification, layer.md, "Whiteouts"). They concern the layers below
/// alone: what the same layer brings stays, before or after the mark.
/// </summary>
internal static class WhiteOut
{
    private static ReadOnlySpan<byte> Prefix => ".wh."u8;

    // Of aufs, which brought the marks into the world: ".wh..wh.plnk" and the like mean nothing to anybody else.
    private static ReadOnlySpan<byte> Private => ".wh..wh."u8;

    /// <summary>Does what a mark says; false where <paramref name="path"/> is none. <paramref name="scratch"/> is used for whatever.</summary>
    internal static bool TryApply(LayerPath path, LayerPath scratch, LayerTree tree, out bool replacesRoot)
    {
        replacesRoot = false;
        if (!path.Span.StartsWith(Prefix) && path.Span.IndexOf("/.wh."u8) < 0)
        {
            return false;
        }
        if (path.Name.SequenceEqual(".wh..wh..opq"u8))
        {
            replacesRoot = path.FolderZ.Length == 1;
            if (!replacesRoot)
            {
                scratch.Set(path.FolderZ[..^1]);
                _ = tree.Folder(path.FolderZ); // makes it, where the archive does not name it
                LayerTree.MakeOpaque(tree.Folder(scratch.FolderZ), scratch.NameZ, scratch.Span);
            }
            return true;
        }
        if (path.Span.StartsWith(Private) || path.Span.IndexOf("/.wh..wh."u8) >= 0)
        {
            return true;
        }
        var name = path.Name.StartsWith(Prefix) ? path.NameZ[Prefix.Length..] : default;
        if (name.IsEmpty || name.SequenceEqual("\0"u8) || name.SequenceEqual(".\0"u8) || name.SequenceEqual("..\0"u8)
            || path.FolderZ.StartsWith(Prefix) || path.FolderZ.IndexOf("/.wh."u8) >= 0)
        {
            throw LayerErrors.Invalid("it has a white-out that names nothing", path.Span);
        }
        Delete(tree.Folder(path.FolderZ), name, path);
        return true;
    }

    private static void Delete(int folder, ReadOnlySpan<byte> name, LayerPath path)
    {
        if (FileAt.MakeNode(folder, name, FileAt.CharDevice) == 0)
        {
            return;
        }
        if (Libc.Errno != Const.EExist || !FileAt.TryStat(folder, name, out var facts))
        {
            throw LayerErrors.Failed("making the white-out", path.Span);
        }
        // This layer has something of that name: a file hides what lies below anyhow, a folder must be told to.
        if (facts.IsFolder)
        {
            LayerTree.MakeOpaque(folder, name, path.Span);
        }
    }
}
