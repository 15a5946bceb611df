using Fogbank.Engines;
using Fogbank.Engines.Process;
using Fogbank.Runtimes;
using Fogbank.Settings;
using Fogbank.Store;

namespace Fogbank.Hosting;

/// <summary>The engines that run workloads: a line each.</summary>
internal static class Engines
{
    internal static IEngine Process(UpSettings settings, IStore store, RuntimeCatalog runtimes, TimeProvider time) =>
        new ProcessEngine(
            new ProcessEngineOptions
            {
                CacheDirectory = Path.Combine(store.CacheDirectory, "artifacts"),
                RunDirectory = Path.Combine(store.RunDirectory, "process"),
                Trees = runtimes.Trees,
                DisableIsolation = settings.Unisolated,
            },
            time);
}
