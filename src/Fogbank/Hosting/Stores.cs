using Fogbank.Settings;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Microsoft.Extensions.Logging;

namespace Fogbank.Hosting;

/// <summary>The store backends: a line each.</summary>
internal static class Stores
{
    internal static async ValueTask<IStore> OpenAsync(UpSettings settings, TimeProvider time, ILoggerFactory loggers) =>
        await SqliteStore.OpenAsync(
            new StoreOptions { DataDirectory = settings.DataDirectory, Memory = settings.Memory, Durability = settings.Durability }, time, loggers);
}
