using System.Text.Json;
using System.Text.Json.Serialization;
using Fogbank.Engines.Linux.Cgroups;

namespace Fogbank.Engines.Process.Protocol;

/// <summary>Anything that goes over a <see cref="WardenChannel"/>; which members are set follows from <see cref="Type"/>.</summary>
internal sealed record WardenMessage
{
    public required WardenMessageType Type { get; init; }

    /// <summary>Ties an answer to its request; 0 for events.</summary>
    public long Sequence { get; init; }

    /// <summary>The workload, by the warden-wide number that the region gave it. Ids can return, numbers do not.</summary>
    public long Workload { get; init; }

    public WardenSetup? Setup { get; init; }

    public SandboxSpec? Start { get; init; }

    /// <summary>Signal number, or CPU limit in thousandths (negative: none).</summary>
    public int Value { get; init; }

    public ResourceUse? Stats { get; init; }

    /// <summary>The kernel's wait status of the main process, or null when nobody knows.</summary>
    public int? Status { get; init; }

    public bool OutOfMemory { get; init; }

    /// <summary>Set in an answer to a request that failed.</summary>
    public EngineErrorKind? ErrorKind { get; init; }

    public string? Error { get; init; }

    internal byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, WardenJson.Default.WardenMessage);

    internal static WardenMessage Deserialize(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, WardenJson.Default.WardenMessage)
        ?? throw new EngineException(EngineErrorKind.Unavailable, "The warden sent an empty message.");
}

internal enum WardenMessageType
{
    /// <summary>Region to warden, first: <see cref="WardenMessage.Setup"/>.</summary>
    Setup,
    Start,
    Signal,
    Freeze,
    Thaw,
    Cpu,
    Stats,

    /// <summary>Answer to any of the above. A start's carries stdout, stderr and the listeners.</summary>
    Reply,

    /// <summary>Event: a workload and all its processes are gone.</summary>
    Exited,
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WardenMessage))]
internal sealed partial class WardenJson : JsonSerializerContext;
