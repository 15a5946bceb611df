namespace Fogbank.Engines.Oci.Images;

/// <summary>One entry of an archive, as it is written there: nothing in it can be trusted but that numbers are in range. The reader uses it again for the next one.</summary>
internal sealed class TarEntry
{
    internal TarEntryKind Kind { get; set; }

    /// <summary>The name: any bytes but NUL, possibly empty, absolute or with dots.</summary>
    internal ByteText Path { get; } = new();

    /// <summary>Where links lead.</summary>
    internal ByteText Target { get; } = new();

    /// <summary>Permissions with set-user-id, set-group-id and sticky bits; at most 07777 (octal).</summary>
    internal int Mode { get; set; }

    internal uint User { get; set; }

    internal uint Group { get; set; }

    /// <summary>Bytes of the file, holes included.</summary>
    internal long Size { get; set; }

    /// <summary>Seconds since 1970 of the last change, rounded down.</summary>
    internal long Seconds { get; set; }

    internal int Nanoseconds { get; set; }

    /// <summary>Extended attributes: the name ends with NUL.</summary>
    internal List<(byte[] Name, byte[] Value)> Attributes { get; } = [];

    /// <summary>The pieces of a sparse file that are not holes, in order, without overlap, within <see cref="Size"/>; null where the file has no holes.</summary>
    internal List<(long Offset, long Length)>? Pieces { get; set; }
}
