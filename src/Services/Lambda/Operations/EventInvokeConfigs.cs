using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>Sets how asynchronous events are retried; what is left out goes back to AWS's default.</summary>
[Operation]
internal sealed class PutFunctionEventInvokeConfig(LambdaStore store, TimeProvider time)
    : IOperation<PutFunctionEventInvokeConfigRequest, PutFunctionEventInvokeConfigResponse>
{
    public async ValueTask<PutFunctionEventInvokeConfigResponse> HandleAsync(
        PutFunctionEventInvokeConfigRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = EventInvokeTarget.Parse(request.FunctionName, request.Qualifier, context, "lambda:PutFunctionEventInvokeConfig");
        EventInvokeTarget.CheckDestinations(request.DestinationConfig);
        if (request.MaximumRetryAttempts is null && request.MaximumEventAgeInSeconds is null && request.DestinationConfig is null)
        {
            throw LambdaErrors.InvalidParameter("You must specify at least one of error handling or destination setting.");
        }

        var record = await EventInvokeTarget.WriteAsync(
            store,
            reference,
            _ => new EventInvokeRecord
            {
                FunctionName = reference.Key.Name,
                Qualifier = reference.VersionOrLatest,
                MaximumRetryAttempts = request.MaximumRetryAttempts,
                MaximumEventAgeSeconds = request.MaximumEventAgeInSeconds,
                LastModified = time.GetUtcNow(),
            },
            cancellationToken);
        return EventInvokeView.From(reference.Key, record).ToPut();
    }
}

/// <summary>Changes what the request names.</summary>
[Operation]
internal sealed class UpdateFunctionEventInvokeConfig(LambdaStore store, TimeProvider time)
    : IOperation<UpdateFunctionEventInvokeConfigRequest, UpdateFunctionEventInvokeConfigResponse>
{
    public async ValueTask<UpdateFunctionEventInvokeConfigResponse> HandleAsync(
        UpdateFunctionEventInvokeConfigRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = EventInvokeTarget.Parse(request.FunctionName, request.Qualifier, context, "lambda:UpdateFunctionEventInvokeConfig");
        EventInvokeTarget.CheckDestinations(request.DestinationConfig);
        var record = await EventInvokeTarget.WriteAsync(
            store,
            reference,
            current => (current ?? throw EventInvokeTarget.NotFound(reference)) with
            {
                MaximumRetryAttempts = request.MaximumRetryAttempts ?? current.MaximumRetryAttempts,
                MaximumEventAgeSeconds = request.MaximumEventAgeInSeconds ?? current.MaximumEventAgeSeconds,
                LastModified = time.GetUtcNow(),
            },
            cancellationToken);
        return EventInvokeView.From(reference.Key, record).ToUpdated();
    }
}

[Operation]
internal sealed class GetFunctionEventInvokeConfig(LambdaStore store)
    : IOperation<GetFunctionEventInvokeConfigRequest, GetFunctionEventInvokeConfigResponse>
{
    public async ValueTask<GetFunctionEventInvokeConfigResponse> HandleAsync(
        GetFunctionEventInvokeConfigRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = EventInvokeTarget.Parse(request.FunctionName, request.Qualifier, context, "lambda:GetFunctionEventInvokeConfig");
        var record = await store.FindEventInvokeAsync(reference.Key, reference.VersionOrLatest, cancellationToken)
            ?? throw EventInvokeTarget.NotFound(reference);
        return EventInvokeView.From(reference.Key, record).ToGot();
    }
}

[Operation]
internal sealed class DeleteFunctionEventInvokeConfig(LambdaStore store)
    : IOperation<DeleteFunctionEventInvokeConfigRequest, DeleteFunctionEventInvokeConfigResponse>
{
    public async ValueTask<DeleteFunctionEventInvokeConfigResponse> HandleAsync(
        DeleteFunctionEventInvokeConfigRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = EventInvokeTarget.Parse(request.FunctionName, request.Qualifier, context, "lambda:DeleteFunctionEventInvokeConfig");
        var row = LambdaStore.KeyOf(reference.Key).Add(reference.VersionOrLatest);
        var existed = await store.Control.WriteAsync(transaction => transaction.Delete(LambdaSchema.EventInvokes, row), cancellationToken);
        return existed ? new() : throw EventInvokeTarget.NotFound(reference);
    }
}

[Operation]
internal sealed class ListFunctionEventInvokeConfigs(LambdaStore store)
    : IOperation<ListFunctionEventInvokeConfigsRequest, ListFunctionEventInvokeConfigsResponse>
{
    public async ValueTask<ListFunctionEventInvokeConfigsResponse> HandleAsync(
        ListFunctionEventInvokeConfigsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:ListFunctionEventInvokeConfigs").Key;
        _ = await store.FindAsync(key, cancellationToken) ?? throw LambdaErrors.NotFound("The function doesn't exist.");
        var page = await store.Control.ScanAsync(
            LambdaSchema.EventInvokes,
            LambdaStore.KeyOf(key),
            request.MaxItems ?? ListFunctions.PageSize,
            Markers.Read(request.Marker),
            cancellationToken);
        return new()
        {
            FunctionEventInvokeConfigs = [.. page.Items.Select(entry => EventInvokeView.From(key, entry.Value))],
            NextMarker = page.Next?.ToString(),
        };
    }
}

/// <summary>What the operations on these settings have in common.</summary>
file static class EventInvokeTarget
{
    internal static FunctionReference Parse(string name, string? qualifier, RequestContext context, string action) =>
        FunctionReference.ParseOwn(name, qualifier, context, action);

    internal static AwsException NotFound(FunctionReference reference) =>
        LambdaErrors.EventInvokeConfigNotFound(reference.Key.QualifiedArn(reference.VersionOrLatest));

    /// <summary>Empty destinations are what clients send for "none".</summary>
    internal static void CheckDestinations(DestinationConfig? destinations)
    {
        if (!string.IsNullOrEmpty(destinations?.OnSuccess?.Destination))
        {
            throw LambdaErrors.SettingNotSupported("DestinationConfig.OnSuccess");
        }

        if (!string.IsNullOrEmpty(destinations?.OnFailure?.Destination))
        {
            throw LambdaErrors.SettingNotSupported("DestinationConfig.OnFailure");
        }
    }

    internal static ValueTask<EventInvokeRecord> WriteAsync(
        LambdaStore store, FunctionReference reference, Func<EventInvokeRecord?, EventInvokeRecord> change, CancellationToken cancellationToken) =>
        store.Control.WriteAsync(
            transaction =>
            {
                var row = LambdaStore.KeyOf(reference.Key);
                var isThere = transaction.Get(LambdaSchema.Functions, row).Value is not null
                    && (reference.VersionOrLatest is FunctionReference.Latest
                        || (long.TryParse(reference.Qualifier, out var number) && transaction.Get(LambdaSchema.Versions, row.Add(number)).Value is not null));
                if (!isThere)
                {
                    throw LambdaErrors.NotFound("The function doesn't exist.");
                }

                var key = row.Add(reference.VersionOrLatest);
                var record = change(transaction.Get(LambdaSchema.EventInvokes, key).Value);
                transaction.Put(LambdaSchema.EventInvokes, key, record);
                return record;
            },
            cancellationToken);
}
