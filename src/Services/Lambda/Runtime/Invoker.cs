using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>Runs an event in an environment of its function, waiting for the result. Writes nothing to the store.</summary>
internal sealed class Invoker(ConcurrencyGate gate, InvocationRecorder recorder)
{
    private const int MaxDeliveries = 10;

    /// <summary>What the function answered, or how it failed.</summary>
    /// <exception cref="AwsException">It did not run: throttled, not there, or the region could not start it.</exception>
    internal async ValueTask<InvocationOutcome> InvokeAsync(
        FunctionTarget target, string requestId, ReadOnlyMemory<byte> payload, string? clientContext, string traceHeader, bool wantsLog)
    {
        var pool = Check(target);
        if (gate.TryEnter(target.Key, target.ReservedConcurrency, target.Account.Total, out var reason) is not { } lease)
        {
            recorder.Throttle(target.Key);
            throw LambdaErrors.Throttled(reason);
        }

        if (pool.IsFunctionGone)
        {
            // Deleted since it was looked up: this event still runs, and nothing is counted for the next.
            gate.Forget(target.Key);
        }

        var invocation = new Invocation
        {
            RequestId = requestId,
            InvokedArn = target.InvokedArn,
            Payload = payload,
            Timeout = target.Timeout,
            ClientContext = clientContext,
            TraceHeader = traceHeader,
            WantsLog = wantsLog,
            Lease = lease,
        };
        for (var delivery = 0; delivery < MaxDeliveries; delivery++)
        {
            var environment = pool.TryTake();
            if (environment is null)
            {
                var (acquired, failure) = await AcquireAsync(pool, invocation);
                if (acquired is null)
                {
                    lease.Release();
                    return failure;
                }

                environment = acquired;
            }

            if (environment.Freezing is not null && !await EnvironmentPool.ThawAsync(environment))
            {
                continue;
            }

            var outcome = await environment.RunAsync(invocation);
            if (!outcome.IsUndelivered)
            {
                return outcome;
            }

            // The environment died, or was busy with something of its own, before the runtime saw the event.
            invocation = invocation.Again();
        }

        lease.Release();
        throw LambdaErrors.Service("The execution environments of the function end before they take an event.");
    }

    private static EnvironmentPool Check(FunctionTarget target) => target switch
    {
        { Version.State: not FunctionStates.Active and var state } => throw LambdaErrors.NotInvocable(state),
        { Pool: { } pool } => pool,
        _ => throw LambdaErrors.InvalidRuntime(target.Version.Runtime),
    };

    private async ValueTask<WaitingLine.Acquired> AcquireAsync(EnvironmentPool pool, Invocation invocation)
    {
        try
        {
            return await pool.AcquireAsync(invocation);
        }
        catch (Exception failed)
        {
            invocation.Lease.Release();
            if (failed is AwsException { Code.Status: 429 })
            {
                recorder.Throttle(pool.Plan.Function);
            }

            throw;
        }
    }
}
