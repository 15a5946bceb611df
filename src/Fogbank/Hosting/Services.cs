using Fogbank.Kernel;
using Fogbank.Services.Ec2;
using Fogbank.Services.Ecr;
using Fogbank.Services.Iam;
using Fogbank.Services.Ecs;
using Fogbank.Services.Lambda;
using Fogbank.Services.Logs;
using Fogbank.Services.S3;

namespace Fogbank.Hosting;

/// <summary>The services of a region: a line each.</summary>
internal static class Services
{
    /// <summary>In the order they start; they stop in reverse, so what others report to comes first.</summary>
    internal static IReadOnlyList<IServiceModule> All() => [new IamModule(), new LogsModule(), new S3Module(), new EcrModule(), new Ec2Module(), new EcsModule(), new LambdaModule()];
}
