using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>Runs a function and waits for its answer, or accepts an event for it, or only says whether it would.</summary>
[Operation]
internal sealed class Invoke(FunctionCatalog catalog, Invoker invoker, AsyncEventStore events, InvocationRecorder recorder, IIdSource ids, TimeProvider time)
    : IOperation<InvokeRequest, InvokeResponse>
{
    private const string Action = "lambda:InvokeFunction";
    private const string TraceHeader = "X-Amzn-Trace-Id";

    private static readonly InvokeResponse DryRunAnswer = new() { StatusCode = 204 };
    private static readonly InvokeResponse EventAnswer = new() { StatusCode = 202 };

    public async ValueTask<InvokeResponse> HandleAsync(InvokeRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.Parse(request.FunctionName, request.Qualifier, context.Scope);
        if ((request.TenantId ?? request.DurableExecutionName) is not null)
        {
            throw LambdaErrors.SettingNotSupported(request.TenantId is not null ? "TenantId" : "DurableExecutionName");
        }

        var target = await catalog.GetAsync(reference, cancellationToken);
        CheckAccess(target, context.Principal);
        var isEvent = request.InvocationType == InvocationType.Event;
        var payload = PayloadRules.Check(request.Payload ?? default, isEvent);
        var clientContext = ClientContext.Decode(request.ClientContext);
        var trace = TraceHeaders.Of(context.Http?.Header(TraceHeader), ids, time.GetUtcNow());
        switch (request.InvocationType)
        {
            case InvocationType.DryRun:
                return DryRunAnswer;
            case InvocationType.Event:
                await AcceptAsync(reference, target, context, payload, clientContext, trace, cancellationToken);
                return EventAnswer;
            default:
                break;
        }

        var outcome = await invoker.InvokeAsync(
            target, context.RequestId, payload, clientContext, trace, wantsLog: request.LogType == LogType.Tail);
        return new()
        {
            StatusCode = 200,
            Payload = outcome.Payload,
            FunctionError = outcome.IsFunctionError ? "Unhandled" : null,
            ExecutedVersion = target.Version.Version,
            LogResult = outcome.LogTail is { } tail && await tail is { Length: > 0 } lines ? Convert.ToBase64String(lines) : null,
        };
    }

    /// <summary>Keeps an event, durably, before the caller is answered.</summary>
    internal async ValueTask AcceptAsync(
        FunctionReference reference, FunctionTarget target, RequestContext context, ReadOnlyMemory<byte> payload, string? clientContext,
        string trace, CancellationToken cancellationToken)
    {
        if (target.Version.State != FunctionStates.Active)
        {
            throw LambdaErrors.NotInvocable(target.Version.State);
        }

        var now = time.GetUtcNow();
        await events.AcceptAsync(
            reference.Key.Scope,
            new AsyncEventRecord
            {
                RequestId = context.RequestId,
                FunctionName = reference.Key.Name,
                Qualifier = reference.Qualifier,
                Payload = payload,
                ClientContext = clientContext,
                TraceHeader = trace,
                AcceptedAt = now,
                IsRepeatable = context.IdempotencyKey is not null,
                WakeAt = now,
            },
            context.IdempotencyKey,
            cancellationToken);
        recorder.Queue(reference.Key, "AsyncEventsReceived", 1, "Count");
    }

    /// <summary>Whoever is not of the function's account needs a statement of its resource policy; so do services, whatever the account.</summary>
    internal static void CheckAccess(FunctionTarget target, Principal principal)
    {
        var isOwn = principal.Kind != PrincipalKind.Service && principal.AccountId == target.Key.Scope.AccountId;
        if (!isOwn && target.Policy?.Allows(principal, Action, target.InvokedArn) is not true)
        {
            throw LambdaErrors.AccessDenied(principal.Arn, Action, target.InvokedArn);
        }
    }
}
