using Fogbank.Kernel;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>A repository of one registry: an account has one registry a region.</summary>
/// <param name="Scope">The registry: its account is what AWS calls the registry id.</param>
/// <param name="Name">As it was given; lower case, may have slashes.</param>
internal readonly record struct RepositoryKey(Scope Scope, string Name)
{
    internal string RegistryId => Scope.AccountId;

    internal string Arn => new Arn("ecr", Scope.Region, Scope.AccountId, $"repository/{Name}").ToString();

    public override string ToString() => $"{Scope}/{Name}";
}
