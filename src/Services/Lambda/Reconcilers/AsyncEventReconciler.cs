using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Lambda.Reconcilers;

/// <summary>Runs accepted events: at least once each, again after failures and throttles, until they succeed or are given up.</summary>
internal sealed partial class AsyncEventReconciler(
    AsyncEventStore events, LambdaStore store, FunctionCatalog catalog, Invoker invoker, InvocationRecorder recorder, LambdaOptions options,
    TimeProvider time, ILogger<AsyncEventReconciler> logger) : IReconciler
{
    // How long a call may be repeated and still be recognised.
    private static readonly TimeSpan RepetitionTime = TimeSpan.FromMinutes(10);

    private readonly RetryPlan _plan = new(options);

    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
    {
        var (item, version) = await events.Queue.GetAsync(LambdaSchema.Events, key, cancellationToken);
        if (item is null)
        {
            return Next.Done;
        }

        var next = item.IsDone ? null : await RunAsync(new Scope(key.Text(0), key.Text(1)), item, cancellationToken);
        if (next is null && item is { IsRepeatable: true, IsDone: false })
        {
            next = item with { IsDone = true, Payload = default, WakeAt = time.GetUtcNow() + RepetitionTime };
        }

        _ = next is null
            ? await events.Queue.TryDeleteAsync(LambdaSchema.Events, key, version, cancellationToken)
            : await events.Queue.TryPutAsync(LambdaSchema.Events, key, next, version, cancellationToken);
        return Next.Done;
    }

    /// <summary>One attempt: the event as it waits for the next one; null where there is none.</summary>
    private async ValueTask<AsyncEventRecord?> RunAsync(Scope scope, AsyncEventRecord item, CancellationToken cancellationToken)
    {
        var reference = new FunctionReference(new(scope, item.FunctionName), item.Qualifier);
        var settings = await store.FindEventInvokeAsync(reference.Key, reference.VersionOrLatest, cancellationToken);
        var now = time.GetUtcNow();
        if (RetryPlan.IsExpired(item, settings, now))
        {
            return Drop(reference, item, "it is older than its function allows");
        }

        try
        {
            var target = await catalog.GetAsync(reference, cancellationToken);
            if (target.ReservedConcurrency == 0)
            {
                return Drop(reference, item, "its function has a reserved concurrency of 0");
            }

            recorder.Queue(reference.Key, "AsyncEventAge", (now - item.AcceptedAt).TotalMilliseconds, "Milliseconds");

            // When the region stops, the event stays due: it runs again after the start.
            var outcome = await invoker.InvokeAsync(
                target, item.RequestId, item.Payload, item.ClientContext, item.TraceHeader ?? "", wantsLog: false).AsTask().WaitAsync(cancellationToken);
            return !outcome.IsFunctionError
                ? null
                : _plan.AfterFailure(item, settings, time.GetUtcNow()) ?? Drop(reference, item, "its function failed at every attempt");
        }
        catch (AwsException gone) when (gone.Code.Status == 404)
        {
            return Drop(reference, item, "its function was deleted");
        }
        catch (AwsException refused)
        {
            return _plan.AfterThrottle(item, settings, time.GetUtcNow())
                ?? Drop(reference, item, $"it could not be run in the time its function allows: {refused.Message}");
        }
    }

    private AsyncEventRecord? Drop(FunctionReference reference, AsyncEventRecord item, string reason)
    {
        recorder.Queue(reference.Key, "AsyncEventsDropped", 1, "Count");
        LogDropped(logger, item.RequestId, reference.Arn, reason);
        return null;
    }

    [LoggerMessage(LogLevel.Warning, "The event {RequestId} for {ResourceArn} was given up: {Reason}")]
    private static partial void LogDropped(ILogger logger, string requestId, string resourceArn, string reason);
}
