namespace Fogbank.Engines;

/// <summary>Why an engine could not do what was asked.</summary>
public enum EngineErrorKind
{
    /// <summary>The driver cannot do this on this machine.</summary>
    Unsupported,

    /// <summary>The spec contradicts itself or the contract.</summary>
    InvalidSpec,

    /// <summary>The archive is damaged, hostile, or not what its digest says.</summary>
    ArtifactInvalid,

    /// <summary>The archive unpacks to more bytes or entries than allowed.</summary>
    ArtifactTooLarge,

    /// <summary>The command's program does not exist inside the workload, or cannot be executed.</summary>
    CommandNotExecutable,

    /// <summary>The image's <c>/etc/passwd</c> or <c>/etc/group</c> does not name the user or group.</summary>
    UserNotFound,

    /// <summary>The machine has run out of something (memory, devices, processes, disk).</summary>
    ResourceExhausted,

    /// <summary>Setting the workload up failed for another reason, which the message names.</summary>
    StartFailed,

    /// <summary>The workload has ended.</summary>
    NotRunning,

    /// <summary>The engine's own processes went away or did not answer in time; trying again may help.</summary>
    Unavailable,
}
