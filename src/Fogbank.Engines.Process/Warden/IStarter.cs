using System.Net;
using Fogbank.Engines.Process.Protocol;

namespace Fogbank.Engines.Process.Warden;

/// <summary>Starts workloads, always on the thread that made it, which must live as long as the warden.</summary>
internal interface IStarter : IDisposable
{
    /// <summary>Starts one and returns once its command was executed.</summary>
    RunningSandbox Start(long number, SandboxSpec spec, int uid);

    /// <summary>The environment with the variables that name endpoints.</summary>
    static List<string> EnvironmentOf(SandboxSpec spec, IReadOnlyList<IPEndPoint> addresses)
    {
        List<string> environment = [.. spec.Environment];
        for (var i = 0; i < addresses.Count; i++)
        {
            if (spec.Endpoints[i].AddressVariable is { } variable)
            {
                environment.Add($"{variable}={addresses[i]}");
            }
            if (spec.Endpoints[i].UrlVariable is { } url)
            {
                environment.Add($"{url}=http://{addresses[i]}");
            }
        }
        return environment;
    }
}
