using System.Text;
using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>Adds a statement to the resource policy of a function or of one of its versions.</summary>
[Operation]
internal sealed class AddPermission(LambdaStore store, IIdSource ids) : IOperation<AddPermissionRequest, AddPermissionResponse>
{
    public async ValueTask<AddPermissionResponse> HandleAsync(
        AddPermissionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.ParseOwn(request.FunctionName, request.Qualifier, context, "lambda:AddPermission");
        if (reference.Qualifier == FunctionReference.Latest)
        {
            throw LambdaErrors.InvalidParameter("We currently do not support adding policies for $LATEST.");
        }

        var statement = new PolicyStatement
        {
            Sid = request.StatementId,
            Principal = PolicyStatement.NormalizePrincipal(request.Principal),
            Action = request.Action,
            Resource = reference.Arn,
            SourceArn = request.SourceArn,
            SourceAccount = request.SourceAccount,
            PrincipalOrgId = request.PrincipalOrgID,
            EventSourceToken = request.EventSourceToken,
            FunctionUrlAuthType = request.FunctionUrlAuthType,
            InvokedViaFunctionUrl = request.InvokedViaFunctionUrl,
        };
        await store.ChangeAsync(
            reference.Key,
            (transaction, function) =>
            {
                PolicyTarget.Check(transaction, reference);
                var policy = function.Policies.GetValueOrDefault(reference.Qualifier ?? "");
                PolicyTarget.CheckRevision(request.RevisionId, function, policy);
                if (policy?.Statements.Any(other => other.Sid == statement.Sid) is true)
                {
                    throw LambdaErrors.Conflict(
                        $"The statement id ({statement.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.");
                }

                var next = new ResourcePolicy { Statements = [.. policy?.Statements ?? [], statement], RevisionId = ids.NewUuid() };
                var size = Encoding.UTF8.GetByteCount(next.ToJson());
                return size <= CodeLimits.PolicyBytes ? PolicyTarget.With(function, reference, next) : throw LambdaErrors.PolicyTooLong(size);
            },
            cancellationToken);
        return new() { Statement = statement.ToJson() };
    }
}

/// <summary>Takes a statement out of a resource policy.</summary>
[Operation]
internal sealed class RemovePermission(LambdaStore store, IIdSource ids) : IOperation<RemovePermissionRequest, RemovePermissionResponse>
{
    public async ValueTask<RemovePermissionResponse> HandleAsync(
        RemovePermissionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.ParseOwn(request.FunctionName, request.Qualifier, context, "lambda:RemovePermission");
        await store.WriteAsync(
            reference.Key,
            (transaction, current) =>
            {
                var function = current ?? throw LambdaErrors.NotFound($"No policy found for: {reference.Key.Arn}");
                PolicyTarget.Check(transaction, reference);
                var policy = function.Policies.GetValueOrDefault(reference.Qualifier ?? "")
                    ?? throw LambdaErrors.NotFound("No policy is associated with the given resource.");
                PolicyTarget.CheckRevision(request.RevisionId, function, policy);
                var left = policy.Statements.Where(statement => statement.Sid != request.StatementId).ToList();
                if (left.Count == policy.Statements.Count)
                {
                    throw LambdaErrors.NotFound($"Statement {request.StatementId} is not found in resource policy.");
                }

                var next = left.Count == 0 ? null : new ResourcePolicy { Statements = left, RevisionId = ids.NewUuid() };
                return transaction.Put(LambdaSchema.Functions, LambdaStore.KeyOf(reference.Key), PolicyTarget.With(function, reference, next));
            },
            cancellationToken);
        return new();
    }
}

/// <summary>Answers the resource policy as a document.</summary>
[Operation]
internal sealed class GetPolicy(LambdaStore store) : IOperation<GetPolicyRequest, GetPolicyResponse>
{
    public async ValueTask<GetPolicyResponse> HandleAsync(GetPolicyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = FunctionReference.ParseOwn(request.FunctionName, request.Qualifier, context, "lambda:GetPolicy");
        var function = await store.FindAsync(reference.Key, cancellationToken);
        return function?.Policies.GetValueOrDefault(reference.Qualifier ?? "") is { } policy
            ? new() { Policy = policy.ToJson(), RevisionId = policy.RevisionId }
            : throw LambdaErrors.PolicyNotFound();
    }
}

/// <summary>What the operations on policies have in common.</summary>
file static class PolicyTarget
{
    /// <summary>Whether the qualifier names something; throws AWS's errors.</summary>
    internal static void Check(ITransaction transaction, FunctionReference reference)
    {
        switch (reference.Qualifier)
        {
            case null or FunctionReference.Latest:
                return;
            case var text when long.TryParse(text, out var number):
                _ = transaction.Get(LambdaSchema.Versions, LambdaStore.KeyOf(reference.Key).Add(number)).Value
                    ?? throw LambdaErrors.FunctionNotFound(reference.Arn);
                return;
            case var text when text.Contains('$', StringComparison.Ordinal):
                throw LambdaErrors.FunctionNotFound(reference.Arn);
            default:
                throw LambdaErrors.NotFound($"Cannot find alias arn: {reference.Arn}");
        }
    }

    internal static void CheckRevision(string? revisionId, FunctionRecord function, ResourcePolicy? policy)
    {
        if (revisionId is not null && revisionId != (policy?.RevisionId ?? function.Latest.RevisionId))
        {
            throw LambdaErrors.RevisionMismatch(policy is null ? "GetFunction/GetAlias" : "GetPolicy");
        }
    }

    internal static FunctionRecord With(FunctionRecord function, FunctionReference reference, ResourcePolicy? policy)
    {
        var policies = new Dictionary<string, ResourcePolicy>(function.Policies, StringComparer.Ordinal);
        policies.Remove(reference.Qualifier ?? "");
        if (policy is not null)
        {
            policies[reference.Qualifier ?? ""] = policy;
        }

        return function with { Policies = policies };
    }
}
