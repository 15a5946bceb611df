using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>The account's limits in this region and what its functions use of them.</summary>
[Operation]
internal sealed class GetAccountSettings(LambdaStore store, FunctionCatalog catalog, LambdaOptions options)
    : IOperation<GetAccountSettingsRequest, GetAccountSettingsResponse>
{
    public async ValueTask<GetAccountSettingsResponse> HandleAsync(
        GetAccountSettingsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = StoreKey.Of(context.AccountId, context.Region);
        long bytes = 0;
        long count = 0;
        await foreach (var (_, function, _) in store.Control.ScanAllAsync(LambdaSchema.Functions, scope, cancellationToken))
        {
            count++;
            bytes += function.Latest.Code.SizeBytes;
        }

        await foreach (var (_, version, _) in store.Control.ScanAllAsync(LambdaSchema.Versions, scope, cancellationToken))
        {
            bytes += version.Code.SizeBytes;
        }

        var reserved = await catalog.GetReservedAsync(context.Scope, cancellationToken);
        return new()
        {
            AccountLimit = new()
            {
                TotalCodeSize = CodeLimits.AccountBytes,
                CodeSizeUnzipped = CodeLimits.UnzippedBytes,
                CodeSizeZipped = CodeLimits.ZippedBytes,
                ConcurrentExecutions = options.AccountConcurrency,
                UnreservedConcurrentExecutions = options.AccountConcurrency - reserved.Total,
            },
            AccountUsage = new() { TotalCodeSize = bytes, FunctionCount = count },
        };
    }
}
