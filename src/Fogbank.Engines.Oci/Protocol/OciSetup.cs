namespace Fogbank.Engines.Oci.Protocol;

/// <summary>What this engine's part in a warden must know before its first request.</summary>
internal sealed record OciSetup
{
    /// <summary>Folder of all groups. What an earlier warden left in it is found again.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>Name of the control group below which all groups are.</summary>
    public required string CgroupName { get; init; }

    /// <summary>The OCI runtime's program.</summary>
    public required string Runtime { get; init; }

    /// <summary>The container monitor's program.</summary>
    public required string Monitor { get; init; }
}
