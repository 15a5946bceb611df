using Fogbank.Contracts.Logs;
using Fogbank.Services.Logs.Domain;

namespace Fogbank.Services.Logs.Views;

/// <summary>A log group.</summary>
internal static class LogGroupView
{
    internal static LogGroup From(LogGroupRecord group, long bytes) => new()
    {
        LogGroupName = group.Name,
        CreationTime = group.CreatedAt.ToUnixTimeMilliseconds(),
        RetentionInDays = group.RetentionDays,
        MetricFilterCount = 0,
        // The old member names all that lies in the group, the new one the group itself.
        Arn = group.Arn + ":*",
        LogGroupArn = group.Arn,
        StoredBytes = bytes,
        LogGroupClass = LogGroupClass.Standard,
        DeletionProtectionEnabled = group.DeletionProtection,
    };
}

/// <summary>A log stream.</summary>
internal static class LogStreamView
{
    internal static LogStream From(LogGroupRecord group, LogStreamRecord stream) => new()
    {
        LogStreamName = stream.Name,
        CreationTime = stream.CreatedAt.ToUnixTimeMilliseconds(),
        FirstEventTimestamp = stream.FirstEventAt?.ToUnixTimeMilliseconds(),
        LastEventTimestamp = stream.LastEventAt?.ToUnixTimeMilliseconds(),
        LastIngestionTime = stream.LastIngestionAt?.ToUnixTimeMilliseconds(),
        UploadSequenceToken = stream.LastEventAt is null ? null : SequenceToken,
        Arn = $"{group.Arn}:log-stream:{stream.Name}",
        // AWS counts the bytes of streams no more.
        StoredBytes = 0,
    };

    /// <summary>Tokens have no meaning any more; old clients pass them on all the same.</summary>
    internal const string SequenceToken = "49039859593216563400000000000000000000000000000000000000";
}
