using Fogbank.Contracts.Lambda;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Views;

/// <summary>The settings of asynchronous invocation on the wire. AWS always answers both halves of the destinations, empty as they are.</summary>
internal static class EventInvokeView
{
    internal static FunctionEventInvokeConfig From(FunctionKey key, EventInvokeRecord record) => new()
    {
        FunctionArn = key.QualifiedArn(record.Qualifier),
        LastModified = record.LastModified,
        MaximumRetryAttempts = record.MaximumRetryAttempts,
        MaximumEventAgeInSeconds = record.MaximumEventAgeSeconds,
        DestinationConfig = new() { OnSuccess = new(), OnFailure = new() },
    };

    internal static PutFunctionEventInvokeConfigResponse ToPut(this FunctionEventInvokeConfig view) => new()
    {
        FunctionArn = view.FunctionArn,
        LastModified = view.LastModified,
        MaximumRetryAttempts = view.MaximumRetryAttempts,
        MaximumEventAgeInSeconds = view.MaximumEventAgeInSeconds,
        DestinationConfig = view.DestinationConfig,
    };

    internal static UpdateFunctionEventInvokeConfigResponse ToUpdated(this FunctionEventInvokeConfig view) => new()
    {
        FunctionArn = view.FunctionArn,
        LastModified = view.LastModified,
        MaximumRetryAttempts = view.MaximumRetryAttempts,
        MaximumEventAgeInSeconds = view.MaximumEventAgeInSeconds,
        DestinationConfig = view.DestinationConfig,
    };

    internal static GetFunctionEventInvokeConfigResponse ToGot(this FunctionEventInvokeConfig view) => new()
    {
        FunctionArn = view.FunctionArn,
        LastModified = view.LastModified,
        MaximumRetryAttempts = view.MaximumRetryAttempts,
        MaximumEventAgeInSeconds = view.MaximumEventAgeInSeconds,
        DestinationConfig = view.DestinationConfig,
    };
}
