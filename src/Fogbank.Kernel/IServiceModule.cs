using Fogbank.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Fogbank.Kernel;

/// <summary>The one public type of a service.</summary>
public interface IServiceModule
{
    /// <summary>The contracts it serves.</summary>
    IReadOnlyList<Api> Apis { get; }

    /// <summary>Reads what can be set of the service. Called before <see cref="AddServices"/>, or not at all: then the defaults hold.</summary>
    void Configure(SettingReader settings)
    {
    }

    /// <summary>Registers stores, options, loops, surfaces (<see cref="IHttpSurface"/>) and life cycles (<see cref="IServiceLifetime"/>).</summary>
    void AddServices(IServiceCollection services);

    /// <summary>Calls the generated <c>OperationTable.Map</c>.</summary>
    void MapOperations(OperationRegistry registry);
}

/// <summary>A part of a service that starts with the region and stops with it. Started in order of registration, stopped in reverse.</summary>
public interface IServiceLifetime
{
    /// <summary>Opens what the service needs. Must be quick: it stands before the first answered request.</summary>
    ValueTask StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops within the token's deadline; nothing acknowledged is lost.</summary>
    ValueTask StopAsync(CancellationToken cancellationToken);
}

/// <summary>Forgets what a service holds. Behind <c>/_fogbank/reset</c>.</summary>
public interface IResettable
{
    /// <summary>The API's name, as in <see cref="Api.Name"/>.</summary>
    string Service { get; }

    /// <summary>Deletes everything (null, null), an account's, or an account's in one region. Running workloads of it are ended.</summary>
    ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken);
}
