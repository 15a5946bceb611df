using System.Globalization;
using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>At most 50 a page, as AWS does whatever was asked for. With ALL every version is listed beside its function's $LATEST.</summary>
[Operation]
internal sealed class ListFunctions(LambdaStore store, FunctionConfigurationView view) : IOperation<ListFunctionsRequest, ListFunctionsResponse>
{
    internal const int PageSize = 50;

    public async ValueTask<ListFunctionsResponse> HandleAsync(
        ListFunctionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.MasterRegion is not null)
        {
            throw LambdaErrors.SettingNotSupported("MasterRegion");
        }

        var limit = Math.Min(request.MaxItems ?? PageSize, PageSize);
        if (request.FunctionVersion == FunctionVersion.All)
        {
            return await ListAllAsync(context.Scope, limit, request.Marker, cancellationToken);
        }

        var page = await store.ListAsync(context.Scope, limit, Markers.Read(request.Marker), cancellationToken);
        return new()
        {
            Functions = [.. page.Items.Select(entry => view.Listed(new(context.Scope, entry.Value.Name), entry.Value.Latest, isQualified: false))],
            NextMarker = page.Next?.ToString(),
        };
    }

    // The marker names the last one listed, function and number (0 for $LATEST): name:number.
    private async ValueTask<ListFunctionsResponse> ListAllAsync(Scope scope, int limit, string? marker, CancellationToken cancellationToken)
    {
        var (name, number) = Markers.ReadVersion(marker);
        var listed = new List<FunctionConfiguration>();
        ScanToken? after = null;
        if (name is not null)
        {
            var key = new FunctionKey(scope, name);
            await AddVersionsAsync(listed, key, number, limit, cancellationToken);
            after = ScanToken.At(LambdaStore.KeyOf(key));
        }

        while (listed.Count <= limit)
        {
            var page = await store.ListAsync(scope, 1, after, cancellationToken);
            if (page.Items is not [var entry])
            {
                return new() { Functions = listed };
            }

            var key = new FunctionKey(scope, entry.Value.Name);
            listed.Add(view.Listed(key, entry.Value.Latest, isQualified: true));
            await AddVersionsAsync(listed, key, 0, limit, cancellationToken);
            after = ScanToken.At(entry.Key);
        }

        // One more than fits was read: there is another page.
        var last = listed[limit - 1];
        return new() { Functions = listed[..limit], NextMarker = Markers.WriteVersion(last.FunctionName!, last.Version!) };
    }

    private async ValueTask AddVersionsAsync(
        List<FunctionConfiguration> listed, FunctionKey key, long after, int limit, CancellationToken cancellationToken)
    {
        var room = limit + 1 - listed.Count;
        if (room > 0)
        {
            var versions = await store.ListVersionsAsync(key, after, room, cancellationToken);
            listed.AddRange(versions.Select(version => view.Listed(key, version, isQualified: true)));
        }
    }
}

/// <summary>Paging tokens: where the scan goes on, which never leads out of its range.</summary>
internal static class Markers
{
    internal static ScanToken? Read(string? marker) =>
        string.IsNullOrEmpty(marker) ? null
        : ScanToken.TryParse(marker, out var token) ? token
        : throw LambdaErrors.InvalidParameter("Invalid marker.");

    internal static (string? Name, long Number) ReadVersion(string? marker)
    {
        if (string.IsNullOrEmpty(marker))
        {
            return (null, 0);
        }

        var colon = marker.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && long.TryParse(marker.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (marker[..colon], number)
            : throw LambdaErrors.InvalidParameter("Invalid marker.");
    }

    internal static string WriteVersion(string name, string version) => $"{name}:{(version == FunctionReference.Latest ? "0" : version)}";
}
