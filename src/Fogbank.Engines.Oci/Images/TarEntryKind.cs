namespace Fogbank.Engines.Oci.Images;

/// <summary>What an entry of an archive is.</summary>
internal enum TarEntryKind
{
    File,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Folder,
    Fifo,
}
