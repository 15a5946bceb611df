using Fogbank.Engines;
using Fogbank.Engines.Process;
using Fogbank.Runtimes;
using Fogbank.Settings;
using Fogbank.Store;

namespace Fogbank.Hosting;

/// <summary>The engines that run workloads: a line each.</summary>
internal static class Engines
{
    internal static WorkloadFolders Folders(UpSettings settings, IStore store) =>
        Environment.IsPrivilegedProcess && ProcessEngine.Judge(settings.Unisolated).Level == IsolationLevel.None
            ? WorkloadFolders.InTheOpen("/var/lib/fogbank-open", store.DataDirectory)
            : WorkloadFolders.Inside(store.CacheDirectory, store.RunDirectory);

    internal static IEngine Process(UpSettings settings, WorkloadFolders folders, RuntimeCatalog runtimes, TimeProvider time) =>
        new ProcessEngine(
            new ProcessEngineOptions
            {
                CacheDirectory = Path.Combine(folders.Cache, "artifacts"),
                RunDirectory = Path.Combine(folders.Run, "process"),
                Trees = runtimes.Trees,
                DisableIsolation = settings.Unisolated,
            },
            time);
}
