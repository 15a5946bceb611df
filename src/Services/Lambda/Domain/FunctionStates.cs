namespace Fogbank.Services.Lambda.Domain;

/// <summary>The life of a function's configuration: Pending → Active, and each update InProgress → Successful.</summary>
internal static class FunctionStates
{
    internal const string Pending = "Pending";
    internal const string Active = "Active";
    internal const string Failed = "Failed";
    internal const string InProgress = "InProgress";
    internal const string Successful = "Successful";

    private const string Creating = "Creating";
    private const string BeingCreated = "The function is being created.";

    /// <summary>As CreateFunction answers it: no update status yet.</summary>
    internal static VersionRecord Created(VersionRecord version) => version with
    {
        State = Pending,
        StateReason = BeingCreated,
        StateReasonCode = Creating,
        LastUpdateStatus = null,
        LastUpdateStatusReason = null,
        LastUpdateStatusReasonCode = null,
    };

    /// <summary>As an update answers it. The reason is what AWS itself says.</summary>
    internal static VersionRecord Updating(VersionRecord version) => version with
    {
        LastUpdateStatus = InProgress,
        LastUpdateStatusReason = BeingCreated,
        LastUpdateStatusReasonCode = Creating,
    };

    /// <summary>A version of code that is not prepared yet. Its update status is that of the creation or update which it came with.</summary>
    internal static VersionRecord Publishing(VersionRecord version) => version with
    {
        State = Pending,
        StateReason = BeingCreated,
        StateReasonCode = Creating,
    };

    /// <summary>Whether a change must wait for another one.</summary>
    internal static bool IsBusy(VersionRecord version) => version.State == Pending || version.LastUpdateStatus == InProgress;

    /// <summary>The step that ends creation or update well.</summary>
    internal static VersionRecord Ready(VersionRecord version, string revisionId) => version with
    {
        State = Active,
        StateReason = null,
        StateReasonCode = null,
        LastUpdateStatus = Successful,
        LastUpdateStatusReason = null,
        LastUpdateStatusReasonCode = null,
        RevisionId = revisionId,
    };

    /// <summary>What was active cannot run any more.</summary>
    internal static VersionRecord Lost(VersionRecord version, string revisionId, string reasonCode, string reason) => version with
    {
        State = Failed,
        StateReason = reason,
        StateReasonCode = reasonCode,
        RevisionId = revisionId,
    };

    /// <summary>The step that ends it badly: a new function has failed, an updated one stays active under its old configuration.</summary>
    internal static VersionRecord Broken(VersionRecord version, string revisionId, string reasonCode, string reason) =>
        version.State == Pending
            ? version with
            {
                State = Failed,
                StateReason = reason,
                StateReasonCode = reasonCode,
                LastUpdateStatus = Failed,
                LastUpdateStatusReason = reason,
                LastUpdateStatusReasonCode = reasonCode,
                RevisionId = revisionId,
            }
            : version with
            {
                LastUpdateStatus = Failed,
                LastUpdateStatusReason = reason,
                LastUpdateStatusReasonCode = reasonCode,
                RevisionId = revisionId,
            };
}
