namespace Fogbank.Engines.Oci.Images;

/// <summary>What the kernel says of a file.</summary>
internal readonly record struct FileFacts(int Mode, uint User, uint Group, ulong Inode, uint DeviceMajor, uint DeviceMinor)
{
    internal bool IsFolder => (Mode & FileAt.TypeMask) == FileAt.Folder;

    internal bool IsLink => (Mode & FileAt.TypeMask) == FileAt.Link;

    internal bool IsRegular => (Mode & FileAt.TypeMask) == FileAt.Regular;

    /// <summary>The mark by which an overlay file system knows that a file of the layers below is gone.</summary>
    internal bool IsWhiteOut => (Mode & FileAt.TypeMask) == FileAt.CharDevice && DeviceMajor == 0 && DeviceMinor == 0;
}
