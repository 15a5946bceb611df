using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>Deletes a function with all that belongs to it, or one published version. Environments end after the event they have in hand.</summary>
[Operation]
internal sealed class DeleteFunction(LambdaStore store, EnvironmentPools pools) : IOperation<DeleteFunctionRequest, DeleteFunctionResponse>
{
    private const int NoContent = 204;

    public async ValueTask<DeleteFunctionResponse> HandleAsync(
        DeleteFunctionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.ParseOwn(request.FunctionName, request.Qualifier, context, "lambda:DeleteFunction");
        switch (reference.Qualifier)
        {
            case null:
                await store.WriteAsync(reference.Key, (transaction, current) => DeleteAll(transaction, reference.Key, current), cancellationToken);
                break;
            case FunctionReference.Latest:
                throw LambdaErrors.InvalidParameter("$LATEST version cannot be deleted without deleting the function.");
            case var version when long.TryParse(version, out var number):
                await store.WriteAsync(reference.Key, (transaction, current) => DeleteOne(transaction, reference, current, number), cancellationToken);
                pools.CloseVersion(reference.Key, version);
                break;
            default:
                throw LambdaErrors.InvalidParameter("Deletion of aliases is not currently supported.");
        }

        return new() { StatusCode = NoContent };
    }

    private static bool DeleteAll(ITransaction transaction, FunctionKey key, FunctionRecord? current)
    {
        var function = current ?? throw LambdaErrors.FunctionNotFound(key.Arn);
        var row = LambdaStore.KeyOf(key);
        CodeBlobs.Release(transaction, function.Latest.Code);
        if (function.Serving is { } serving)
        {
            CodeBlobs.Release(transaction, serving.Code);
        }

        ScanToken? after = null;
        do
        {
            var page = transaction.Scan(LambdaSchema.Versions, row, 256, after);
            foreach (var version in page.Items)
            {
                CodeBlobs.Release(transaction, version.Value.Code);
            }

            after = page.Next;
        }
        while (after is not null);

        transaction.DeleteRange(LambdaSchema.Versions, row);
        transaction.DeleteRange(LambdaSchema.EventInvokes, row);
        return transaction.Delete(LambdaSchema.Functions, row);
    }

    private static bool DeleteOne(ITransaction transaction, FunctionReference reference, FunctionRecord? current, long number)
    {
        var row = LambdaStore.KeyOf(reference.Key).Add(number);
        if (current is null || transaction.Get(LambdaSchema.Versions, row).Value is not { } version)
        {
            throw LambdaErrors.FunctionNotFound(reference.Arn);
        }

        CodeBlobs.Release(transaction, version.Code);
        transaction.Delete(LambdaSchema.EventInvokes, LambdaStore.KeyOf(reference.Key).Add(reference.Qualifier!));
        return transaction.Delete(LambdaSchema.Versions, row);
    }
}
