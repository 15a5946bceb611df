using System.Formats.Tar;
using System.Security.Cryptography;
using Fogbank.Engines;
using Fogbank.Tests.Kits.Images;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>Images for tests, built on the spot of what this machine has.</summary>
internal static class TestImages
{
    private static readonly Lazy<ImageLayer> BusyboxLayer = new(() => Layer(RootFiles.Busybox));
    private static readonly Lazy<ImageRoot> LazyBusybox = new(() => Of(BusyboxLayer.Value));
    private static readonly Lazy<ImageRoot> LazyPython = new(() => Of(BusyboxLayer.Value, Layer(RootFiles.Python)));

    /// <summary>A small root with Debian's static busybox.</summary>
    internal static ImageRoot Small => LazyBusybox.Value;

    /// <summary>The same with this machine's Python and the program of <c>tests/Workload</c>.</summary>
    internal static ImageRoot Python => LazyPython.Value;

    internal static ImageRoot Of(params ImageLayer[] layers) => new() { Layers = layers };

    /// <summary>A layer of what <paramref name="write"/> writes.</summary>
    internal static ImageLayer Layer(Action<TarWriter> write)
    {
        using MemoryStream bytes = new();
        using (TarWriter tar = new(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            write(tar);
        }
        return OfBytes(bytes.ToArray());
    }

    internal static ImageLayer OfBytes(byte[] bytes)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return new()
        {
            Digest = digest,
            DiffId = digest,
            Compression = LayerCompression.None,
            SizeBytes = bytes.Length,
            OpenAsync = _ => ValueTask.FromResult<Stream>(new MemoryStream(bytes)),
        };
    }
}
