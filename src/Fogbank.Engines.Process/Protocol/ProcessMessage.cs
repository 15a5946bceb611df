using System.Text.Json;
using System.Text.Json.Serialization;
using Fogbank.Engines.Linux.Cgroups;

namespace Fogbank.Engines.Process.Protocol;

/// <summary>What this engine and its part in the warden say to each other; which members are set follows from <see cref="Type"/>.</summary>
internal sealed record ProcessMessage
{
    public required ProcessMessageType Type { get; init; }

    /// <summary>The workload, by the warden-wide number that the region gave it. Ids can return, numbers do not.</summary>
    public long Workload { get; init; }

    public SandboxSpec? Start { get; init; }

    /// <summary>Signal number, or CPU limit in thousandths (negative: none).</summary>
    public int Value { get; init; }

    public ResourceUse? Stats { get; init; }

    /// <summary>The kernel's wait status of the main process, or null when nobody knows.</summary>
    public int? Status { get; init; }

    public bool OutOfMemory { get; init; }

    internal byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, ProcessJson.Default.ProcessMessage);

    internal static ProcessMessage Deserialize(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, ProcessJson.Default.ProcessMessage)
        ?? throw new EngineException(EngineErrorKind.Unavailable, "The warden sent an empty message.");
}

internal enum ProcessMessageType
{
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
[JsonSerializable(typeof(ProcessMessage))]
[JsonSerializable(typeof(ProcessSetup))]
internal sealed partial class ProcessJson : JsonSerializerContext;
