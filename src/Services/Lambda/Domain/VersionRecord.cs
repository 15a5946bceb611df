namespace Fogbank.Services.Lambda.Domain;

/// <summary>One configuration of a function: $LATEST, or a published version, of which only the state changes.</summary>
internal sealed record VersionRecord
{
    /// <summary>$LATEST or a number.</summary>
    public required string Version { get; init; }

    /// <summary>Changes whenever code or configuration do, and then only: environments are reused while it stays the same.</summary>
    public required string ConfigurationId { get; init; }

    /// <summary>What clients compare: changes with every mutation and every change of state.</summary>
    public required string RevisionId { get; init; }

    public required CodeRecord Code { get; init; }

    /// <summary>Empty for images.</summary>
    public required string Runtime { get; init; }

    /// <summary>Empty for images.</summary>
    public required string Handler { get; init; }

    /// <summary>What replaces the image's own settings; null for none.</summary>
    public ImageConfigRecord? ImageConfig { get; init; }

    public required string Role { get; init; }

    public string Description { get; init; } = "";

    /// <summary>x86_64 or arm64.</summary>
    public required string Architecture { get; init; }

    public int TimeoutSeconds { get; init; } = 3;

    public int MemoryMegabytes { get; init; } = 128;

    public int StorageMegabytes { get; init; } = 512;

    /// <summary>The user's variables, sealed under the region's key; null where never set.</summary>
    public string? SealedEnvironment { get; init; }

    public required LoggingRecord Logging { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    public required string State { get; init; }

    public string? StateReason { get; init; }

    public string? StateReasonCode { get; init; }

    /// <summary>Null until the function was active for the first time.</summary>
    public string? LastUpdateStatus { get; init; }

    public string? LastUpdateStatusReason { get; init; }

    public string? LastUpdateStatusReasonCode { get; init; }
}

/// <summary>A deployment package, or an image.</summary>
internal sealed record CodeRecord
{
    /// <summary>SHA-256, lower-case hexadecimal: of the package, or of the image's manifest.</summary>
    public required string Digest { get; init; }

    /// <summary>0 for images, as AWS has it.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The blob of the control database that holds the package; null for images.</summary>
    public long? BlobId { get; init; }

    /// <summary>Null for packages.</summary>
    public ImageCodeRecord? Image { get; init; }

    /// <summary>The digest as the API shows it: base64 for packages, hexadecimal for images.</summary>
    internal string ShownSha256 => Image is null ? Convert.ToBase64String(Convert.FromHexString(Digest)) : Digest;
}

/// <summary>Where and how a function logs.</summary>
internal sealed record LoggingRecord
{
    public const string Text = "Text";

    public const string Json = "JSON";

    public required string Format { get; init; }

    public required string Group { get; init; }

    /// <summary>Null with the text format.</summary>
    public string? ApplicationLevel { get; init; }

    /// <summary>Null with the text format.</summary>
    public string? SystemLevel { get; init; }
}
