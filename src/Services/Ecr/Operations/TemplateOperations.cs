using System.Globalization;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;
using Fogbank.Services.Ecr.Views;

namespace Fogbank.Services.Ecr.Operations;

[Operation]
internal sealed class CreateRepositoryCreationTemplate(EcrStore store, TimeProvider time)
    : IOperation<CreateRepositoryCreationTemplateRequest, CreateRepositoryCreationTemplateResponse>
{
    public async ValueTask<CreateRepositoryCreationTemplateResponse> HandleAsync(
        CreateRepositoryCreationTemplateRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        TemplateSettings.Check(
            request.AppliedFor, request.LifecyclePolicy, request.CustomRoleArn, request.EncryptionConfiguration, request.RepositoryPolicy);
        var scope = context.Scope;
        var prefix = TemplateSettings.Normalize(request.Prefix);
        var mutability = request.ImageTagMutability ?? ImageTagMutability.Mutable;
        var now = time.GetUtcNow();
        var template = new CreationTemplateRecord
        {
            Prefix = prefix,
            CreatedAt = now,
            UpdatedAt = now,
            Description = request.Description,
            AppliedFor = request.AppliedFor,
            TagMutability = mutability,
            TagFilters = RepositorySettings.Filters(mutability, request.ImageTagMutabilityExclusionFilters),
            RepositoryPolicy = request.RepositoryPolicy is { Length: > 0 } policy ? RepositoryPolicy.Format(policy) : null,
            Tags = ResourceTags.Add(new Dictionary<string, string>(), request.ResourceTags, "resourceTags"),
        };
        if ((await store.ListTemplatesAsync(scope, EcrLimits.Templates, null, cancellationToken)).Items.Count >= EcrLimits.Templates)
        {
            throw EcrErrors.LimitExceeded(string.Create(
                CultureInfo.InvariantCulture, $"The limit of {EcrLimits.Templates} repository creation templates for the registry with id '{scope.AccountId}' is reached"));
        }

        await store.ChangeTemplateAsync(
            scope, prefix, current => current is null ? template : throw EcrErrors.TemplateExists(prefix, scope.AccountId), cancellationToken);
        return new() { RegistryId = scope.AccountId, RepositoryCreationTemplate = TemplateView.From(template) };
    }
}

[Operation]
internal sealed class UpdateRepositoryCreationTemplate(EcrStore store, TimeProvider time)
    : IOperation<UpdateRepositoryCreationTemplateRequest, UpdateRepositoryCreationTemplateResponse>
{
    public async ValueTask<UpdateRepositoryCreationTemplateResponse> HandleAsync(
        UpdateRepositoryCreationTemplateRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        TemplateSettings.Check(
            request.AppliedFor, request.LifecyclePolicy, request.CustomRoleArn, request.EncryptionConfiguration, request.RepositoryPolicy);
        var scope = context.Scope;
        var prefix = TemplateSettings.Normalize(request.Prefix);
        var filters = request.ImageTagMutability is null ? null : RepositorySettings.Filters(request.ImageTagMutability, request.ImageTagMutabilityExclusionFilters);
        var now = time.GetUtcNow();
        var changed = await store.ChangeTemplateAsync(
            scope,
            prefix,
            current => current is null
                ? throw EcrErrors.NoSuchTemplate(prefix, scope.AccountId)
                : current with
                {
                    UpdatedAt = now,
                    Description = request.Description ?? current.Description,
                    AppliedFor = request.AppliedFor ?? current.AppliedFor,
                    TagMutability = request.ImageTagMutability ?? current.TagMutability,
                    TagFilters = filters ?? current.TagFilters,

                    // An empty text takes the policy away; nothing leaves it.
                    RepositoryPolicy = request.RepositoryPolicy is not { } policy ? current.RepositoryPolicy
                        : policy.Length == 0 ? null
                        : RepositoryPolicy.Format(policy),
                    Tags = request.ResourceTags is null
                        ? current.Tags
                        : ResourceTags.Add(new Dictionary<string, string>(), request.ResourceTags, "resourceTags"),
                },
            cancellationToken);
        return new() { RegistryId = scope.AccountId, RepositoryCreationTemplate = TemplateView.From(changed!) };
    }
}

[Operation]
internal sealed class DeleteRepositoryCreationTemplate(EcrStore store)
    : IOperation<DeleteRepositoryCreationTemplateRequest, DeleteRepositoryCreationTemplateResponse>
{
    public async ValueTask<DeleteRepositoryCreationTemplateResponse> HandleAsync(
        DeleteRepositoryCreationTemplateRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Scope;
        var prefix = TemplateSettings.Normalize(request.Prefix);
        CreationTemplateRecord? deleted = null;
        await store.ChangeTemplateAsync(
            scope,
            prefix,
            current =>
            {
                deleted = current ?? throw EcrErrors.NoSuchTemplate(prefix, scope.AccountId);
                return null;
            },
            cancellationToken);
        return new() { RegistryId = scope.AccountId, RepositoryCreationTemplate = TemplateView.From(deleted!) };
    }
}

[Operation]
internal sealed class DescribeRepositoryCreationTemplates(EcrStore store)
    : IOperation<DescribeRepositoryCreationTemplatesRequest, DescribeRepositoryCreationTemplatesResponse>
{
    public async ValueTask<DescribeRepositoryCreationTemplatesResponse> HandleAsync(
        DescribeRepositoryCreationTemplatesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Scope;
        if (request.Prefixes is { Count: > 0 } wanted)
        {
            EcrPaging.RefuseBeside("prefixes", request.NextToken, request.MaxResults);
            var found = new List<RepositoryCreationTemplate>();
            foreach (var prefix in wanted.Select(TemplateSettings.Normalize).Distinct())
            {
                // What is not there is left out: unlike repositories, templates have no error here in the model.
                if (await store.FindTemplateAsync(scope, prefix, cancellationToken) is { } template)
                {
                    found.Add(TemplateView.From(template));
                }
            }

            return new() { RegistryId = scope.AccountId, RepositoryCreationTemplates = found };
        }

        var page = await store.ListTemplatesAsync(
            scope, request.MaxResults ?? EcrLimits.PageSize, EcrPaging.Parse(request.NextToken), cancellationToken);
        return new()
        {
            RegistryId = scope.AccountId,
            RepositoryCreationTemplates = [.. page.Items.Select(static entry => TemplateView.From(entry.Value))],
            NextToken = page.Next?.ToString(),
        };
    }
}

/// <summary>What a template may say today: repositories that a push makes.</summary>
internal static class TemplateSettings
{
    /// <summary>A slash at the end is always meant.</summary>
    internal static string Normalize(string prefix) => prefix.TrimEnd('/');

    internal static void Check(
        IReadOnlyList<string>? appliedFor,
        string? lifecyclePolicy,
        string? customRoleArn,
        EncryptionConfigurationForRepositoryCreationTemplate? encryption,
        string? policy)
    {
        if (appliedFor is { Count: 0 })
        {
            throw EcrErrors.InvalidParameter("appliedFor", "must not be empty");
        }

        if (appliedFor?.FirstOrDefault(static use => use != RCTAppliedFor.CreateOnPush) is { } later)
        {
            throw EcrErrors.NotSupported($"appliedFor {later}");
        }

        if (lifecyclePolicy is { Length: > 0 })
        {
            throw EcrErrors.NotSupported("lifecyclePolicy");
        }

        if (customRoleArn is { Length: > 0 })
        {
            throw EcrErrors.NotSupported("customRoleArn");
        }

        RepositorySettings.CheckEncryption(encryption?.EncryptionType, encryption?.KmsKey);
        if (policy is { Length: > 0 })
        {
            RepositorySettings.CheckPolicy(policy, "RepositoryPolicy");
        }
    }
}
