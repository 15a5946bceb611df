using System.Net;
using Fogbank.Engines;
using Fogbank.Kernel;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>What the engine starts for a function that is a package.</summary>
internal static class EnvironmentSpec
{
    internal const int RuntimeApiListener = 0;
    internal const int RegionListener = 1;

    private const string WrapperVariable = "AWS_LAMBDA_EXEC_WRAPPER";

    internal static readonly IReadOnlyList<EndpointSpec> Endpoints =
    [
        new()
        {
            Name = "runtime-api",
            Address = IPAddress.Parse("169.254.100.1"),
            Port = 9001,
            AddressVariable = "AWS_LAMBDA_RUNTIME_API",
        },
        new()
        {
            Name = "region",
            Address = IPAddress.Loopback,
            Port = 4566,
            UrlVariable = "AWS_ENDPOINT_URL",
        },
    ];

    internal static WorkloadSpec For(EnvironmentPlan plan, PackageProgram program, string id, TemporaryCredentials credentials, string logStream, bool isUnthrottled)
    {
        var variables = EnvironmentVariables.For(plan, program.Runtime, credentials, logStream);
        return new WorkloadSpec
        {
            Id = id,

            // The wrapper is a script of the user's or of a layer's; it starts what it is given.
            Command = plan.Variables.TryGetValue(WrapperVariable, out var wrapper) && wrapper.StartsWith('/')
                ? [wrapper, .. program.Runtime.Command]
                : program.Runtime.Command,
            WorkingDirectory = "/var/task",
            Environment = variables,
            Artifacts = [new() { Target = "/var/task", Artifacts = [program.Code] }],
            Trees = program.Runtime.Trees,
            MemoryBytes = (long)plan.Version.MemoryMegabytes << 20,
            CpuMillis = plan.CpuMillis,
            StartUnthrottled = isUnthrottled,
            TmpBytes = (long)plan.Version.StorageMegabytes << 20,
            User = "sbx_user1051",
            Endpoints = Endpoints,
            StopGrace = TimeSpan.FromMilliseconds(500),
        };
    }
}
