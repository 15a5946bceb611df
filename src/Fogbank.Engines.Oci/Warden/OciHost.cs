using Fogbank.Engines.Linux.Warden;

namespace Fogbank.Engines.Oci.Warden;

/// <summary>What all containers of a warden share.</summary>
internal sealed class OciHost
{
    internal required int Launcher { get; init; }

    internal required int NullDevice { get; init; }

    internal required string Runtime { get; init; }

    internal required string Monitor { get; init; }

    internal bool IsCrun => Path.GetFileName(Runtime) == "crun";

    /// <summary>The OCI runtime goes into control groups that are made already.</summary>
    internal bool PlacesItself => IsCrun && !Cgroups.IsUnified;

    internal required IReadOnlyList<string> RuntimeArguments { get; init; }

    internal required GroupCgroups Cgroups { get; init; }

    internal required MountPoints Points { get; init; }

    /// <summary>File systems for groups.</summary>
    internal required TmpImages Storage { get; init; }

    /// <summary>File systems for <c>/tmp</c>.</summary>
    internal required TmpImages? TmpImages { get; init; }
}
