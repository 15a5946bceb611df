using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>Reserves a share of the account's concurrency; 0 stops the function.</summary>
[Operation]
internal sealed class PutFunctionConcurrency(LambdaStore store, LambdaOptions options)
    : IOperation<PutFunctionConcurrencyRequest, PutFunctionConcurrencyResponse>
{
    public async ValueTask<PutFunctionConcurrencyResponse> HandleAsync(
        PutFunctionConcurrencyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:PutFunctionConcurrency");
        if (reference.Qualifier is not null)
        {
            throw LambdaErrors.InvalidParameter(
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.");
        }

        var key = reference.Key;
        var wanted = request.ReservedConcurrentExecutions ?? 0;
        await store.WriteAsync(
            key,
            (transaction, current) =>
            {
                var function = current ?? throw LambdaErrors.FunctionNotFound(key.QualifiedArn(FunctionReference.Latest));
                if (wanted > 0 && options.AccountConcurrency - ReservedByOthers(transaction, key) - wanted < ConcurrencyGate.MinUnreserved)
                {
                    throw LambdaErrors.InvalidParameter(
                        $"Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [{ConcurrencyGate.MinUnreserved}].");
                }

                return transaction.Put(LambdaSchema.Functions, LambdaStore.KeyOf(key), function with { ReservedConcurrency = wanted });
            },
            cancellationToken);
        return new() { ReservedConcurrentExecutions = wanted };
    }

    // Read where it is written: two calls that stand in one commit must not both take what is left.
    private static int ReservedByOthers(ITransaction transaction, FunctionKey key)
    {
        var sum = 0;
        ScanToken? after = null;
        do
        {
            var page = transaction.Scan(LambdaSchema.Functions, StoreKey.Of(key.Scope.AccountId, key.Scope.Region), 256, after);
            sum += page.Items.Where(entry => entry.Value.Name != key.Name).Sum(entry => entry.Value.ReservedConcurrency ?? 0);
            after = page.Next;
        }
        while (after is not null);
        return sum;
    }
}

[Operation]
internal sealed class GetFunctionConcurrency(LambdaStore store) : IOperation<GetFunctionConcurrencyRequest, GetFunctionConcurrencyResponse>
{
    public async ValueTask<GetFunctionConcurrencyResponse> HandleAsync(
        GetFunctionConcurrencyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:GetFunctionConcurrency").Key;
        var function = await store.FindAsync(key, cancellationToken) ?? throw LambdaErrors.FunctionNotFound(key.Arn);
        return new() { ReservedConcurrentExecutions = function.ReservedConcurrency };
    }
}

[Operation]
internal sealed class DeleteFunctionConcurrency(LambdaStore store) : IOperation<DeleteFunctionConcurrencyRequest, DeleteFunctionConcurrencyResponse>
{
    public async ValueTask<DeleteFunctionConcurrencyResponse> HandleAsync(
        DeleteFunctionConcurrencyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:DeleteFunctionConcurrency").Key;
        await store.ChangeAsync(key, static (_, function) => function with { ReservedConcurrency = null }, cancellationToken);
        return new();
    }
}
