using System.Collections.Frozen;
using Fogbank.Contracts.Ecs;
using Fogbank.Kernel;
using Fogbank.Services.Ecs.Domain;
using Fogbank.Services.Ecs.Store;
using Fogbank.Store;

namespace Fogbank.Services.Ecs.Operations;

/// <summary>The settings of an account, of a principal, and what holds where nothing was set.</summary>
internal static class AccountSettings
{
    /// <summary>What AWS has where nobody set anything.</summary>
    private static readonly FrozenDictionary<string, string> Defaults = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [SettingName.ServiceLongArnFormat] = "enabled",
        [SettingName.TaskLongArnFormat] = "enabled",
        [SettingName.ContainerInstanceLongArnFormat] = "enabled",
        [SettingName.AwsvpcTrunking] = "disabled",
        [SettingName.ContainerInsights] = "disabled",
        [SettingName.FargateFIPSMode] = "off",
        [SettingName.TagResourceAuthorization] = "on",
        [SettingName.FargateTaskRetirementWaitPeriod] = "7",
        [SettingName.GuardDutyActivate] = "off",
        [SettingName.DefaultLogDriverMode] = "non-blocking",
        [SettingName.FargateEventWindows] = "off",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    internal static IEnumerable<string> Names => Defaults.Keys.Order(StringComparer.Ordinal);

    internal static string Find(ITransaction transaction, Scope scope, string? principal, string name) =>
        (principal is null ? null : transaction.Get(EcsSchema.Settings, KeyOf(scope, principal, name)).Value?.Value)
        ?? transaction.Get(EcsSchema.Settings, KeyOf(scope, null, name)).Value?.Value
        ?? Defaults[name];

    internal static async ValueTask<string> FindAsync(EcsStore store, Scope scope, string? principal, string name, CancellationToken cancellationToken) =>
        (principal is null ? null : (await store.Database.GetAsync(EcsSchema.Settings, KeyOf(scope, principal, name), cancellationToken)).Value?.Value)
        ?? (await store.Database.GetAsync(EcsSchema.Settings, KeyOf(scope, null, name), cancellationToken)).Value?.Value
        ?? Defaults[name];

    /// <summary>The default of the account has an empty principal.</summary>
    internal static StoreKey KeyOf(Scope scope, string? principal, string name) => StoreKey.Of(scope, principal ?? "", name);

    internal static string RootOf(Scope scope) => Principal.Root(scope.AccountId).Arn;

    /// <summary>Whose setting a call means: the given principal's, else the caller's own; an assumed role's is its role's.</summary>
    internal static string PrincipalOf(string? given, RequestContext context) => given ?? context.Principal.RoleArn ?? context.Principal.Arn;

    internal static Setting View(string name, string value, string principal) => new()
    {
        Name = name,
        Value = value,
        PrincipalArn = principal,
        Type = name == SettingName.GuardDutyActivate ? SettingType.AwsManaged : SettingType.User,
    };

    internal static async ValueTask<Setting> PutAsync(
        EcsStore store, Scope scope, string? principal, string name, string value, CancellationToken cancellationToken)
    {
        if (name == SettingName.GuardDutyActivate)
        {
            throw EcsErrors.Invalid("The setting guardDutyActivate cannot be changed by Amazon ECS.");
        }

        if (!Allowed(name).Contains(value))
        {
            throw EcsErrors.Invalid($"Invalid value '{value}' for setting '{name}'. Allowed values: {string.Join(", ", Allowed(name))}.");
        }

        if ((name, value) is (SettingName.ContainerInsights, not "disabled") or (SettingName.FargateFIPSMode, not ("off" or "disabled")) or (SettingName.FargateEventWindows, not "off"))
        {
            throw EcsErrors.NotSupported($"{name} {value}");
        }

        await store.Database.WriteAsync(
            transaction => transaction.Put(EcsSchema.Settings, KeyOf(scope, principal, name), new AccountSettingRecord(name, value, principal)), cancellationToken);
        return View(name, value, principal ?? RootOf(scope));
    }

    private static IReadOnlyList<string> Allowed(string name) => name switch
    {
        SettingName.FargateTaskRetirementWaitPeriod => ["0", "7", "14"],
        SettingName.DefaultLogDriverMode => ["blocking", "non-blocking"],
        SettingName.TagResourceAuthorization or SettingName.FargateEventWindows => ["on", "off"],
        SettingName.ContainerInsights => ["enabled", "disabled", "enhanced"],
        _ => ["enabled", "disabled", "on", "off"],
    };
}

[Operation]
internal sealed class PutAccountSetting(EcsStore store) : IOperation<PutAccountSettingRequest, PutAccountSettingResponse>
{
    public async ValueTask<PutAccountSettingResponse> HandleAsync(PutAccountSettingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var principal = AccountSettings.PrincipalOf(request.PrincipalArn, context);

        // The root user's setting is the account's.
        var owner = principal == AccountSettings.RootOf(context.Scope) ? null : principal;
        return new() { Setting = await AccountSettings.PutAsync(store, context.Scope, owner, request.Name, request.Value, cancellationToken) };
    }
}

[Operation]
internal sealed class PutAccountSettingDefault(EcsStore store) : IOperation<PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse>
{
    public async ValueTask<PutAccountSettingDefaultResponse> HandleAsync(
        PutAccountSettingDefaultRequest request, RequestContext context, CancellationToken cancellationToken) =>
        new() { Setting = await AccountSettings.PutAsync(store, context.Scope, null, request.Name, request.Value, cancellationToken) };
}

[Operation]
internal sealed class DeleteAccountSetting(EcsStore store) : IOperation<DeleteAccountSettingRequest, DeleteAccountSettingResponse>
{
    public async ValueTask<DeleteAccountSettingResponse> HandleAsync(
        DeleteAccountSettingRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var principal = AccountSettings.PrincipalOf(request.PrincipalArn, context);
        var owner = principal == AccountSettings.RootOf(context.Scope) ? null : principal;
        var key = AccountSettings.KeyOf(context.Scope, owner, request.Name);
        await store.Database.WriteAsync(transaction => transaction.Delete(EcsSchema.Settings, key), cancellationToken);
        var value = await AccountSettings.FindAsync(store, context.Scope, owner, request.Name, cancellationToken);
        return new() { Setting = AccountSettings.View(request.Name, value, principal) };
    }
}

[Operation]
internal sealed class ListAccountSettings(EcsStore store) : IOperation<ListAccountSettingsRequest, ListAccountSettingsResponse>
{
    public async ValueTask<ListAccountSettingsResponse> HandleAsync(ListAccountSettingsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var settings = new List<Setting>();
        if (request.EffectiveSettings is true)
        {
            var principal = AccountSettings.PrincipalOf(request.PrincipalArn, context);
            foreach (var name in AccountSettings.Names)
            {
                settings.Add(AccountSettings.View(name, await AccountSettings.FindAsync(store, context.Scope, principal, name, cancellationToken), principal));
            }
        }
        else
        {
            // Bounded: eleven names a principal that somebody set.
            await foreach (var entry in store.Database.ScanAllAsync(EcsSchema.Settings, StoreKey.Of(context.Scope), cancellationToken))
            {
                settings.Add(AccountSettings.View(entry.Value.Name, entry.Value.Value, entry.Value.PrincipalArn ?? AccountSettings.RootOf(context.Scope)));
            }
        }

        var wanted = settings
            .Where(setting => request.Name is null || setting.Name == request.Name)
            .Where(setting => request.Value is null || setting.Value == request.Value)
            .Where(setting => request.PrincipalArn is null || request.EffectiveSettings is true || setting.PrincipalArn == request.PrincipalArn)
            .ToList();
        var skip = 0;
        if (!string.IsNullOrEmpty(request.NextToken) && (!int.TryParse(request.NextToken, out skip) || skip < 0 || skip > wanted.Count))
        {
            throw EcsErrors.InvalidToken();
        }

        var limit = request.MaxResults is null or 0 ? 10 : request.MaxResults is >= 1 and <= 10 ? request.MaxResults.Value : throw EcsErrors.Invalid("MaxResults must be between 1 and 10.");
        return new()
        {
            Settings = [.. wanted.Skip(skip).Take(limit)],
            NextToken = skip + limit < wanted.Count ? (skip + limit).ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        };
    }
}
