using System.Text.Json;
using System.Text.Json.Serialization;
using Fogbank.Engines.Linux.Cgroups;
using Fogbank.Engines.Linux.Native;

namespace Fogbank.Engines.Oci.Protocol;

/// <summary>What this engine and its part in the warden say to each other; which members are set follows from <see cref="Type"/>.</summary>
internal sealed record OciMessage
{
    public required OciMessageType Type { get; init; }

    /// <summary>The group's id.</summary>
    public string Group { get; init; } = "";

    /// <summary>The container's id in its group; empty for the group itself.</summary>
    public string Container { get; init; } = "";

    public GroupRecord? GroupRecord { get; init; }

    public ContainerSpec? Spec { get; init; }

    public ContainerState? State { get; init; }

    public ContainerEnd? End { get; init; }

    public ResourceUse? Use { get; init; }

    /// <summary>Signal number, CPU limit in thousandths (negative: none), or port.</summary>
    public int Value { get; init; }

    public List<string>? Ids { get; init; }

    public ExecRecord? Exec { get; init; }

    internal byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, OciJson.Default.OciMessage);

    internal static OciMessage Deserialize(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, OciJson.Default.OciMessage)
        ?? throw new EngineException(EngineErrorKind.Unavailable, "The warden sent an empty message.");
}

/// <summary>A further process: its order, or with <see cref="Output"/> how it ended.</summary>
internal sealed record ExecRecord
{
    public List<string> Command { get; init; } = [];
    public TimeSpan Timeout { get; init; }
    public int MaxOutputBytes { get; init; }
    public int? ExitCode { get; init; }
    public byte[]? Output { get; init; }
}

internal enum OciMessageType
{
    CreateGroup,
    FindGroup,
    ListGroups,
    RemoveGroup,
    Start,
    Find,
    Remove,
    Signal,
    Freeze,
    Thaw,
    Cpu,
    Stats,
    Exec,
    Connect,

    /// <summary>Answer to any of the above. That to a group carries its listeners, that to a connect one socket.</summary>
    Reply,

    /// <summary>Event: a container and all its processes are gone.</summary>
    Exited,
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OciMessage))]
[JsonSerializable(typeof(OciSetup))]
[JsonSerializable(typeof(GroupRecord))]
[JsonSerializable(typeof(ProcessIdentity))]
[JsonSerializable(typeof(ContainerRecord))]
[JsonSerializable(typeof(ContainerEnd))]
internal sealed partial class OciJson : JsonSerializerContext;
