using System.Globalization;
using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>$LATEST, then the published versions in order. The marker is the number of the last one listed, 0 for $LATEST.</summary>
[Operation]
internal sealed class ListVersionsByFunction(LambdaStore store, FunctionConfigurationView view)
    : IOperation<ListVersionsByFunctionRequest, ListVersionsByFunctionResponse>
{
    public async ValueTask<ListVersionsByFunctionResponse> HandleAsync(
        ListVersionsByFunctionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:ListVersionsByFunction").Key;
        var function = await store.FindAsync(key, cancellationToken) ?? throw LambdaErrors.FunctionNotFound(key.Arn);
        var after = 0L;
        var isFirst = string.IsNullOrEmpty(request.Marker);
        if (!isFirst && !long.TryParse(request.Marker, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            throw LambdaErrors.InvalidParameter("Invalid marker.");
        }

        var room = Math.Min(request.MaxItems ?? ListFunctions.PageSize, ListFunctions.PageSize);
        var versions = new List<FunctionConfiguration>();
        if (isFirst)
        {
            versions.Add(view.Listed(key, function.Latest, isQualified: true));
            room--;
        }

        // One more than there is room for tells whether another page follows.
        var page = await store.ListVersionsAsync(key, after, room + 1, cancellationToken);
        versions.AddRange(page.Take(room).Select(version => view.Listed(key, version, isQualified: true)));
        var last = page.Count > room ? page.Take(room).LastOrDefault()?.Version ?? "0" : null;
        return new() { Versions = versions, NextMarker = last };
    }
}
