namespace Fogbank.Engines.Oci.Warden;

/// <summary>Files that are there whole or not at all, whatever dies meanwhile.</summary>
internal static class AtomicFile
{
    internal static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = path + ".new";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }
}
