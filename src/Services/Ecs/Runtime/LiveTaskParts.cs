using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>What tasks at work need of the region.</summary>
internal sealed record LiveTaskParts(
    EcsStore Store,
    EngineSet Engines,
    TaskImages Images,
    ITaskNetworks Networks,
    MachineLedger Ledger,
    IRegion Region,
    IEndpointHost Endpoints,
    INameServer NameServer,
    ICredentialIssuer Credentials,
    IUsageSink Usage,
    EcsOptions Options,
    TimeProvider Time,
    ILogger<LiveTask> Logger);
