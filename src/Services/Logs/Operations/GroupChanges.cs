using System.Globalization;
using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Operations;

[Operation]
internal sealed class DeleteLogGroup(LogsStore store) : IOperation<DeleteLogGroupRequest, DeleteLogGroupResponse>
{
    public async ValueTask<DeleteLogGroupResponse> HandleAsync(
        DeleteLogGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.Database.WriteAsync(
            transaction =>
            {
                var key = LogsStore.Key(context.Scope, request.LogGroupName);
                var group = transaction.Get(LogsStore.Groups, key).Value ?? throw LogsErrors.NoSuchGroup();
                if (group.DeletionProtection)
                {
                    throw LogsErrors.GroupIsProtected();
                }

                transaction.Delete(LogsStore.Groups, key);
                transaction.Delete(LogsStore.Usage, key);
                transaction.DeleteRange(LogsStore.Streams, key);
                transaction.DeletePartition(LogsStore.Events, key);
            },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class PutRetentionPolicy(LogsStore store, TimeProvider time) : IOperation<PutRetentionPolicyRequest, PutRetentionPolicyResponse>
{
    public async ValueTask<PutRetentionPolicyResponse> HandleAsync(
        PutRetentionPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!LogLimits.RetentionDays.Contains(request.RetentionInDays ?? 0))
        {
            var values = string.Join(", ", LogLimits.RetentionDays.Select(days => days.ToString(CultureInfo.InvariantCulture)));
            throw LogsErrors.InvalidParameter(
                $"1 validation error detected: Value '{request.RetentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [{values}]");
        }

        await store.ChangeGroupAsync(
            context.Scope,
            request.LogGroupName,
            group => group with { RetentionDays = request.RetentionInDays, WakeAt = time.GetUtcNow() },
            cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class DeleteRetentionPolicy(LogsStore store) : IOperation<DeleteRetentionPolicyRequest, DeleteRetentionPolicyResponse>
{
    public async ValueTask<DeleteRetentionPolicyResponse> HandleAsync(
        DeleteRetentionPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.ChangeGroupAsync(
            context.Scope, request.LogGroupName, group => group with { RetentionDays = null, WakeAt = null }, cancellationToken);
        return new();
    }
}

[Operation]
internal sealed class PutLogGroupDeletionProtection(LogsStore store)
    : IOperation<PutLogGroupDeletionProtectionRequest, PutLogGroupDeletionProtectionResponse>
{
    public async ValueTask<PutLogGroupDeletionProtectionResponse> HandleAsync(
        PutLogGroupDeletionProtectionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var group = GroupName.Of(null, request.LogGroupIdentifier, context.Scope);
        await store.ChangeGroupAsync(
            context.Scope, group, current => current with { DeletionProtection = request.DeletionProtectionEnabled is true }, cancellationToken);
        return new();
    }
}
