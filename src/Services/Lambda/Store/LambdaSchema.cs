using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>Tables of the Lambda service: functions in <c>control</c>, accepted events in <c>lambda-queue</c>.</summary>
internal static class LambdaSchema
{
    /// <summary>Key: account, region, name.</summary>
    internal static readonly Table<FunctionRecord> Functions = new("lambda.function", LambdaJson.Default.FunctionRecord)
    {
        WakeAt = static function => function.WakeAt,
        Blobs = static function => [.. CodeBlobs.Of(function.Latest.Code), .. CodeBlobs.Of(function.Serving?.Code)],
    };

    /// <summary>Key: account, region, name, number. Never changed but in its state, once, where it was published with its code.</summary>
    internal static readonly Table<VersionRecord> Versions = new("lambda.version", LambdaJson.Default.VersionRecord)
    {
        Blobs = static version => [.. CodeBlobs.Of(version.Code)],
    };

    /// <summary>Key: account, region, name, qualifier.</summary>
    internal static readonly Table<EventInvokeRecord> EventInvokes = new("lambda.event-invoke", LambdaJson.Default.EventInvokeRecord);

    /// <summary>Key: account, region, event id.</summary>
    internal static readonly Table<AsyncEventRecord> Events = new("lambda.event", new AsyncEventCodec())
    {
        WakeAt = static item => item.WakeAt,
    };

    internal static readonly DatabaseSchema Control = new()
    {
        Database = "control",
        Owner = "lambda",
        Tables = [Functions, Versions, EventInvokes],
    };

    internal static readonly DatabaseSchema Queue = new()
    {
        Database = "lambda-queue",
        Owner = "lambda",
        Tables = [Events],
    };
}
