using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>The API's older way to invoke asynchronously.</summary>
[Operation]
internal sealed class InvokeAsync(FunctionCatalog catalog, AsyncEventStore events, InvocationRecorder recorder, Invoker invoker, IIdSource ids, TimeProvider time)
    : IOperation<InvokeAsyncRequest, InvokeAsyncResponse>
{
    private readonly Invoke _invoke = new(catalog, invoker, events, recorder, ids, time);

    public async ValueTask<InvokeAsyncResponse> HandleAsync(InvokeAsyncRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.Parse(request.FunctionName, null, context.Scope);
        var target = await catalog.GetAsync(reference, cancellationToken);
        Invoke.CheckAccess(target, context.Principal);
        var payload = PayloadRules.Check(await ReadAsync(request.InvokeArgs, cancellationToken), isEvent: true);
        await _invoke.AcceptAsync(
            reference, target, context, payload, null, TraceHeaders.Of(null, ids, time.GetUtcNow()), cancellationToken);
        return new() { Status = 202 };
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        // One byte over the limit is enough to refuse it.
        var buffer = new byte[CodeLimits.AsyncPayloadBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsMemory(0, length);
    }
}
