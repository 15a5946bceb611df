using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>Settings of a registry, defaults included.</summary>
internal static class SettingReads
{
    /// <param name="name">One that <see cref="AccountSettings"/> knows.</param>
    internal static async ValueTask<string> GetSettingAsync(this EcrStore store, Scope scope, string name, CancellationToken cancellationToken) =>
        (await store.Database.GetAsync(EcrSchema.Settings, EcrStore.KeyOf(scope).Add(name), cancellationToken)).Value?.Value
            ?? AccountSettings.ValuesOf(name)![0];

    internal static ValueTask PutSettingAsync(this EcrStore store, Scope scope, string name, string value, CancellationToken cancellationToken) =>
        store.Database.WriteAsync(
            transaction =>
            {
                transaction.Put(EcrSchema.Settings, EcrStore.KeyOf(scope).Add(name), new AccountSettingRecord(value));
            },
            cancellationToken);
}
