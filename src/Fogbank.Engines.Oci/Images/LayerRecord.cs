using System.Globalization;

namespace Fogbank.Engines.Oci.Images;

/// <summary>
/// What is known of an unpacked layer. It is written beside the content before the folder gets its name, so that a folder with a name and
/// a record is whole.
/// </summary>
internal sealed record LayerRecord
{
    private const string Form = "fogbank-layer-1";

    /// <summary>The record's file in the layer's folder.</summary>
    internal const string File = "layer";

    /// <summary>The folder of the content in the layer's folder.</summary>
    internal const string Content = "fs";

    /// <summary>Lies in the layer's folder once all of it is on the disk.</summary>
    internal const string Durable = "durable";

    /// <summary>Bytes on disk, about.</summary>
    public required long Bytes { get; init; }

    /// <summary>The layer replaces the whole root: what lies below is not seen.</summary>
    public required bool ReplacesRoot { get; init; }

    /// <summary>The run of the machine in which the layer was unpacked: without <see cref="Durable"/> it is worth nothing in another one.</summary>
    public required string BootId { get; init; }

    /// <summary>The record as it is written.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Form} {Bytes} {(ReplacesRoot ? 1 : 0)} {BootId}\n");

    /// <summary>Reads one; null where the text is none.</summary>
    internal static LayerRecord? Parse(string text) =>
        text.TrimEnd('\n').Split(' ') is [Form, var bytes, "0" or "1", var boot] parts
            && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? new() { Bytes = size, ReplacesRoot = parts[2] == "1", BootId = boot }
            : null;

    /// <summary>The current run of the machine.</summary>
    internal static string ReadBootId()
    {
        try
        {
            return System.IO.File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (IOException)
        {
            return "unknown"; // no such file in some sandboxes: layers are then taken to be of this run
        }
    }
}
