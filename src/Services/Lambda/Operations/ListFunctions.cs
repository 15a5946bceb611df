using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>At most 50 a page, as AWS does whatever was asked for.</summary>
[Operation]
internal sealed class ListFunctions(LambdaStore store, FunctionConfigurationView view) : IOperation<ListFunctionsRequest, ListFunctionsResponse>
{
    internal const int PageSize = 50;

    public async ValueTask<ListFunctionsResponse> HandleAsync(
        ListFunctionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.FunctionVersion is not null)
        {
            throw LambdaErrors.SettingNotSupported("FunctionVersion ALL");
        }

        if (request.MasterRegion is not null)
        {
            throw LambdaErrors.SettingNotSupported("MasterRegion");
        }

        var page = await store.ListAsync(
            context.Scope, Math.Min(request.MaxItems ?? PageSize, PageSize), Markers.Read(request.Marker), cancellationToken);
        return new()
        {
            Functions = [.. page.Items.Select(entry => view.Listed(new(context.Scope, entry.Value.Name), entry.Value.Latest, isQualified: false))],
            NextMarker = page.Next?.ToString(),
        };
    }
}

/// <summary>Paging tokens: where the scan goes on, which never leads out of its range.</summary>
internal static class Markers
{
    internal static ScanToken? Read(string? marker) =>
        string.IsNullOrEmpty(marker) ? null
        : ScanToken.TryParse(marker, out var token) ? token
        : throw LambdaErrors.InvalidParameter("Invalid marker.");
}
