using Fogbank.Engines;
using Fogbank.Engines.Linux.Warden;
using Fogbank.Engines.Oci;
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

    /// <summary>The one process beside the region that starts and watches the workloads of all engines.</summary>
    internal static RegionWarden Warden(UpSettings settings, WorkloadFolders folders, TimeProvider time) =>
        new(new() { RunDirectory = folders.Run, OrphanGrace = settings.OrphanGrace, KeepDurable = !settings.Memory }, time);

    internal static EngineSet All(UpSettings settings, WorkloadFolders folders, RuntimeCatalog runtimes, RegionWarden warden, TimeProvider time) =>
        new(Process(settings, folders, runtimes, warden, time), Images(settings, folders, warden, time));

    private static ProcessEngine Process(
        UpSettings settings, WorkloadFolders folders, RuntimeCatalog runtimes, RegionWarden warden, TimeProvider time) => new(
            new ProcessEngineOptions
            {
                CacheDirectory = Path.Combine(folders.Cache, "artifacts"),
                RunDirectory = Path.Combine(folders.Run, "process"),
                Trees = runtimes.Trees,
                DisableIsolation = settings.Unisolated,
            },
            time,
            warden);

    private static IEngine Images(UpSettings settings, WorkloadFolders folders, RegionWarden warden, TimeProvider time) =>
        settings.Unisolated
            ? new MissingEngine("oci", "This region runs without isolation, and images need it.", OciEngine.Examine())
            : OciEngine.OrMissing(
                new OciEngineOptions { CacheDirectory = folders.Cache, RunDirectory = Path.Combine(folders.Run, "oci") }, time, warden);
}
