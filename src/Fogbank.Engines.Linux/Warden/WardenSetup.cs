using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>What a warden must know whatever its drivers are.</summary>
internal sealed record WardenSetup
{
    /// <summary>Folder that belongs to the wardens of one data folder, of which one at a time lives.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>How long durable workloads go on without a region.</summary>
    public required TimeSpan OrphanGrace { get; init; }

    internal byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, WardenSetupJson.Default.WardenSetup);

    internal static WardenSetup Deserialize(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, WardenSetupJson.Default.WardenSetup)!;
}

[JsonSerializable(typeof(WardenSetup))]
internal sealed partial class WardenSetupJson : JsonSerializerContext;
