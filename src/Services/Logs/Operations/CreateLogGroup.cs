using Fogbank.Contracts.Logs;
using Fogbank.Kernel;
using Fogbank.Services.Logs.Domain;
using Fogbank.Services.Logs.Store;

namespace Fogbank.Services.Logs.Operations;

[Operation]
internal sealed class CreateLogGroup(LogsStore store, TimeProvider time) : IOperation<CreateLogGroupRequest, CreateLogGroupResponse>
{
    public async ValueTask<CreateLogGroupResponse> HandleAsync(
        CreateLogGroupRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.KmsKeyId is not null)
        {
            throw LogsErrors.NotSupported("kmsKeyId");
        }

        if (request.LogGroupClass is not (null or LogGroupClass.Standard))
        {
            throw LogsErrors.NotSupported($"logGroupClass {request.LogGroupClass}");
        }

        var group = new LogGroupRecord
        {
            AccountId = context.AccountId,
            Region = context.Region,
            Name = request.LogGroupName,
            CreatedAt = time.GetUtcNow(),
            DeletionProtection = request.DeletionProtectionEnabled is true,
            Tags = GroupTags.Add([], request.Tags),
        };
        if (!await store.Database.TryPutAsync(
            LogsStore.Groups, LogsStore.Key(context.Scope, group.Name), group, expectedVersion: 0, cancellationToken))
        {
            throw LogsErrors.GroupExists();
        }

        return new();
    }
}
