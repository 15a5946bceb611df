using System.Text.Json;

namespace Fogbank.Engines.Process.Protocol;

/// <summary>What this engine's part in a warden must know before its first start.</summary>
internal sealed record ProcessSetup
{
    /// <summary>Folder that belongs to it alone; emptied at its start and removed at its end.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Name of the control group below which all of its workloads are; swept at start.</summary>
    public required string CgroupName { get; init; }

    /// <summary>Namespaces, control groups and own users are to be used; otherwise workloads are plain processes.</summary>
    public required bool Isolate { get; init; }

    internal byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, ProcessJson.Default.ProcessSetup);

    internal static ProcessSetup Deserialize(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, ProcessJson.Default.ProcessSetup)!;
}
