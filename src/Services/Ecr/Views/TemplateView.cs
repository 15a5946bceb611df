using Fogbank.Contracts.Ecr;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Views;

/// <summary>A repository creation template.</summary>
internal static class TemplateView
{
    internal static RepositoryCreationTemplate From(CreationTemplateRecord template) => new()
    {
        Prefix = template.Prefix,
        Description = template.Description,
        EncryptionConfiguration = new() { EncryptionType = template.EncryptionType, KmsKey = template.KmsKey },
        ResourceTags = template.Tags.Count == 0 ? null : RepositoryView.Tags(template.Tags),
        ImageTagMutability = template.TagMutability,
        ImageTagMutabilityExclusionFilters = RepositoryView.Filters(template.TagFilters),
        RepositoryPolicy = template.RepositoryPolicy,
        AppliedFor = template.AppliedFor,
        CustomRoleArn = template.CustomRoleArn,
        CreatedAt = template.CreatedAt,
        UpdatedAt = template.UpdatedAt,
    };
}
