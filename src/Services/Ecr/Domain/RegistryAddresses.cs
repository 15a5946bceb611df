using System.Globalization;
using Fogbank.Kernel;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>Names under which container clients reach a registry of this region.</summary>
internal sealed class RegistryAddresses(RegionAddress address)
{
    /// <summary>Host and port of a registry: <c>111122223333.dkr.ecr.eu-west-1.localhost:4566</c>, AWS's name in the region's own domain.</summary>
    internal string HostOf(Scope scope) =>
        string.Create(CultureInfo.InvariantCulture, $"{scope.AccountId}.dkr.ecr.{scope.Region}.localhost:{address.Advertised.Port}");

    /// <summary>What clients put before a tag or digest.</summary>
    internal string UriOf(RepositoryKey repository) => $"{HostOf(repository.Scope)}/{repository.Name}";
}
