using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Services.Ecs.Views;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Operations;

[Operation]
internal sealed class DescribeTaskDefinition(EcsStore store) : IOperation<DescribeTaskDefinitionRequest, DescribeTaskDefinitionResponse>
{
    public async ValueTask<DescribeTaskDefinitionResponse> HandleAsync(
        DescribeTaskDefinitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var found = await store.FindDefinitionAsync(request.TaskDefinition, context.Scope, cancellationToken) ?? throw EcsErrors.NoSuchDefinition();
        return new()
        {
            TaskDefinition = DefinitionView.From(found),
            Tags = request.Include?.Contains(TaskDefinitionField.Tags) is true ? TagList.From(found.Tags) : [],
        };
    }
}

[Operation]
internal sealed class DeregisterTaskDefinition(EcsStore store, TimeProvider time) : IOperation<DeregisterTaskDefinitionRequest, DeregisterTaskDefinitionResponse>
{
    public async ValueTask<DeregisterTaskDefinitionResponse> HandleAsync(
        DeregisterTaskDefinitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!EcsArn.TryTaskDefinition(request.TaskDefinition, context.Scope, out var family, out var revision) || revision is not { } number)
        {
            throw EcsErrors.Client("The specified task definition does not exist. Specify a valid account, family, revision and try again.");
        }

        var record = await store.Database.WriteAsync(
            transaction =>
            {
                var key = EcsStore.DefinitionKey(context.Scope, family, number);
                if (transaction.Get(EcsSchema.Definitions, key).Value is not { } current)
                {
                    throw EcsErrors.NoSuchDefinition();
                }

                if (current.Status != TaskDefinitionStatus.Active)
                {
                    return current;
                }

                var next = current with { Status = TaskDefinitionStatus.Inactive, DeregisteredAt = time.GetUtcNow() };
                transaction.Put(EcsSchema.Definitions, key, next);
                SetActive(transaction, context.Scope, family);
                return next;
            },
            cancellationToken);
        return new() { TaskDefinition = DefinitionView.From(record) };
    }

    /// <summary>Finds the newest active revision again.</summary>
    private static void SetActive(ITransaction transaction, Scope scope, string family)
    {
        var key = StoreKey.Of(scope, family);
        if (transaction.Get(EcsSchema.Families, key).Value is not { } known)
        {
            return;
        }

        int? active = null;
        ScanToken? after = null;
        do
        {
            var page = transaction.Scan(EcsSchema.Definitions, key, 100, after, reverse: true);
            active = page.Items.Select(entry => entry.Value).FirstOrDefault(definition => definition.Status == TaskDefinitionStatus.Active)?.Revision;
            after = page.Next;
        }
        while (active is null && after is not null);
        transaction.Put(EcsSchema.Families, key, known with { ActiveRevision = active });
    }
}

[Operation]
internal sealed class DeleteTaskDefinitions(EcsStore store, TimeProvider time) : IOperation<DeleteTaskDefinitionsRequest, DeleteTaskDefinitionsResponse>
{
    private const int Most = 10;

    // How long a deleted definition can still be described.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public async ValueTask<DeleteTaskDefinitionsResponse> HandleAsync(
        DeleteTaskDefinitionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.TaskDefinitions.Count is 0 or > Most)
        {
            throw EcsErrors.Invalid($"The number of task definitions must be between 1 and {Most}.");
        }

        var deleted = new List<TaskDefinition>();
        var failures = new List<Failure>();
        foreach (var given in request.TaskDefinitions)
        {
            if (!EcsArn.TryTaskDefinition(given, context.Scope, out var family, out var revision) || revision is not { } number)
            {
                failures.Add(new() { Arn = given, Reason = "INVALID_INPUT", Detail = "The specified task definition identifier is invalid. Specify a valid name or ARN and try again." });
                continue;
            }

            var arn = EcsArn.TaskDefinition(context.Scope, family, number);
            var record = await store.Database.WriteAsync(
                transaction =>
                {
                    var key = EcsStore.DefinitionKey(context.Scope, family, number);
                    var current = transaction.Get(EcsSchema.Definitions, key).Value;
                    if (current is not { Status: TaskDefinitionStatus.Inactive })
                    {
                        return current;
                    }

                    var now = time.GetUtcNow();
                    var next = current with { Status = TaskDefinitionStatus.DeleteInProgress, DeleteRequestedAt = now, WakeAt = now + Grace };
                    transaction.Put(EcsSchema.Definitions, key, next);
                    return next;
                },
                cancellationToken);
            switch (record?.Status)
            {
                case TaskDefinitionStatus.DeleteInProgress:
                    deleted.Add(DefinitionView.From(record));
                    break;
                case TaskDefinitionStatus.Active:
                    failures.Add(new() { Arn = arn, Reason = "The specified task definition is still in ACTIVE status. Please deregister the target and try again." });
                    break;
                default:
                    failures.Add(new() { Arn = arn, Reason = "MISSING", Detail = "The specified task definition does not exist. Specify a valid account, family, revision and try again." });
                    break;
            }
        }

        return new() { TaskDefinitions = deleted, Failures = failures };
    }
}

[Operation]
internal sealed class ListTaskDefinitions(EcsStore store) : IOperation<ListTaskDefinitionsRequest, ListTaskDefinitionsResponse>
{
    public async ValueTask<ListTaskDefinitionsResponse> HandleAsync(
        ListTaskDefinitionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var status = request.Status ?? TaskDefinitionStatus.Active;
        var reverse = request.Sort == SortOrder.Desc;
        var limit = EcsPaging.Limit(request.MaxResults);
        var after = EcsPaging.Token(request.NextToken);

        // "familyPrefix" is the whole family here, other than in ListTaskDefinitionFamilies.
        KeyRange range = request.FamilyPrefix is { Length: > 0 } family ? StoreKey.Of(context.Scope, family) : StoreKey.Of(context.Scope);
        var arns = new List<string>();
        while (true)
        {
            var page = await store.Database.ScanAsync(EcsSchema.Definitions, range, limit, after, reverse, cancellationToken);
            foreach (var entry in page.Items.Where(entry => entry.Value.Status == status))
            {
                if (arns.Count == limit)
                {
                    return new() { TaskDefinitionArns = arns, NextToken = after?.ToString() };
                }

                arns.Add(entry.Value.Arn);
                after = ScanToken.At(entry.Key);
            }

            if (page.Next is null)
            {
                return new() { TaskDefinitionArns = arns };
            }

            if (arns.Count == limit)
            {
                return new() { TaskDefinitionArns = arns, NextToken = page.Next.ToString() };
            }

            after = page.Next;
        }
    }
}

[Operation]
internal sealed class ListTaskDefinitionFamilies(EcsStore store) : IOperation<ListTaskDefinitionFamiliesRequest, ListTaskDefinitionFamiliesResponse>
{
    public async ValueTask<ListTaskDefinitionFamiliesResponse> HandleAsync(
        ListTaskDefinitionFamiliesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var (families, next) = await store.Database.ScanWhereAsync(
            EcsSchema.Families,
            KeyRange.TextPrefix(StoreKey.Of(context.Scope), request.FamilyPrefix ?? ""),
            family => request.Status switch
            {
                TaskDefinitionFamilyStatus.Active => family.ActiveRevision is not null,
                TaskDefinitionFamilyStatus.Inactive => family.ActiveRevision is null,
                _ => true,
            },
            EcsPaging.Limit(request.MaxResults),
            EcsPaging.Token(request.NextToken),
            cancellationToken);
        return new() { Families = [.. families.Select(family => family.Name)], NextToken = next?.ToString() };
    }
}
