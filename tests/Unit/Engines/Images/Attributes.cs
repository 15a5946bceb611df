using System.Runtime.InteropServices;

namespace Fogbank.Tests.Unit.Engines.Images;

/// <summary>Extended attributes as the kernel has them.</summary>
internal static partial class Attributes
{
    internal static byte[]? Get(string path, string name)
    {
        var buffer = new byte[65536];
        var length = (int)GetExtendedAttribute(path, name, buffer, buffer.Length);
        return length < 0 ? null : buffer[..length];
    }

    [LibraryImport("libc", EntryPoint = "lgetxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetExtendedAttribute(string path, string name, [Out] byte[] value, nint size);
}
