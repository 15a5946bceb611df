using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;
using Fogbank.Services.Logs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Operations;

[Operation]
internal sealed class DescribeLogGroups(LogsStore store) : IOperation<DescribeLogGroupsRequest, DescribeLogGroupsResponse>
{
    public async ValueTask<DescribeLogGroupsResponse> HandleAsync(
        DescribeLogGroupsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request is { LogGroupNamePrefix: not null, LogGroupNamePattern: not null })
        {
            throw LogsErrors.InvalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        }

        var head = StoreKey.Of(context.AccountId, context.Region);
        var range = request.LogGroupNamePrefix is { } prefix ? KeyRange.TextPrefix(head, prefix) : head;

        // A pattern is a plain piece of the name, without regard to case.
        bool Fits(LogGroupRecord group) =>
            (request.LogGroupNamePattern is not { } pattern || group.Name.Contains(pattern, StringComparison.OrdinalIgnoreCase))
            && (request.LogGroupClass is null or LogGroupClass.Standard)
            && (request.LogGroupIdentifiers is not { Count: > 0 } wanted
                || wanted.Any(identifier => GroupName.Of(null, identifier, context.Scope) == group.Name));

        var (groups, next) = await LogsPaging.PageAsync(
            store.Database, LogsStore.Groups, range, Fits, request.Limit ?? 50, request.NextToken, cancellationToken);
        var views = new List<LogGroup>(groups.Count);
        foreach (var group in groups)
        {
            views.Add(LogGroupView.From(group, await store.GetBytesAsync(context.Scope, group.Name, cancellationToken)));
        }

        return new() { LogGroups = views, NextToken = next };
    }
}
