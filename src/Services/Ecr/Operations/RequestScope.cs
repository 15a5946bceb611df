using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>Which registry and repository a request means.</summary>
internal static class RequestScope
{
    /// <param name="registryId">The account that owns it; null for the caller's.</param>
    internal static Scope Registry(RequestContext context, string? registryId) => new(registryId ?? context.AccountId, context.Region);

    internal static RepositoryKey Repository(RequestContext context, string? registryId, string name) => new(Registry(context, registryId), name);

    /// <summary>The repository that a tagging call means by its ARN.</summary>
    internal static RepositoryKey OfArn(RequestContext context, string resourceArn)
    {
        const string Kind = "repository/";
        return Arn.TryParse(resourceArn, out var arn) && arn.Service == "ecr" && arn.Region == context.Region && arn.AccountId.Length == 12
            && arn.Resource.StartsWith(Kind, StringComparison.Ordinal) && arn.Resource.Length > Kind.Length
            ? new(new(arn.AccountId, arn.Region), arn.Resource[Kind.Length..])
            : throw EcrErrors.InvalidParameter("resourceArn", "Invalid ARN");
    }
}
