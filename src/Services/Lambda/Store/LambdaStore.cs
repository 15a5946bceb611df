using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>Typed reads and writes of functions. A change of a function is announced after its commit.</summary>
internal sealed class LambdaStore(IStore store)
{
    private IDatabase? _control;

    /// <summary>Called on the writer's thread after a commit that changed a function (or deleted it: null).</summary>
    internal event Action<FunctionKey, FunctionRecord?>? Changed;

    internal IDatabase Control => _control ?? throw new InvalidOperationException("The Lambda store is not open yet.");

    internal async ValueTask OpenAsync(CancellationToken cancellationToken) =>
        _control = await store.OpenAsync(LambdaSchema.Control, cancellationToken);

    internal static StoreKey KeyOf(FunctionKey key) => StoreKey.Of(key.Scope.AccountId, key.Scope.Region, key.Name);

    internal static FunctionKey FromKey(StoreKey key) => new(new Scope(key.Text(0), key.Text(1)), key.Text(2));

    internal async ValueTask<FunctionRecord?> FindAsync(FunctionKey key, CancellationToken cancellationToken) =>
        (await Control.GetAsync(LambdaSchema.Functions, KeyOf(key), cancellationToken)).Value;

    internal async ValueTask<VersionRecord?> FindVersionAsync(FunctionKey key, string version, CancellationToken cancellationToken) =>
        long.TryParse(version, out var number) && version[0] is not ('0' or '-' or '+')
            ? (await Control.GetAsync(LambdaSchema.Versions, KeyOf(key).Add(number), cancellationToken)).Value
            : null;

    /// <summary>The version that a reference means; throws AWS's error where there is none.</summary>
    internal async ValueTask<(FunctionRecord Function, VersionRecord Version)> GetVersionAsync(
        FunctionReference reference, CancellationToken cancellationToken)
    {
        var function = await FindAsync(reference.Key, cancellationToken) ?? throw LambdaErrors.FunctionNotFound(reference.Arn);
        var version = reference.VersionOrLatest is FunctionReference.Latest
            ? function.Latest
            : await FindVersionAsync(reference.Key, reference.VersionOrLatest, cancellationToken);
        return (function, version ?? throw LambdaErrors.FunctionNotFound(reference.Arn));
    }

    /// <summary>Runs a write that concerns one function, and announces it once it is committed.</summary>
    /// <param name="body">Runs once, on the writer's thread; gets the function as it is, null where there is none.</param>
    internal ValueTask<TResult> WriteAsync<TResult>(
        FunctionKey key, Func<ITransaction, FunctionRecord?, TResult> body, CancellationToken cancellationToken) =>
        Control.WriteAsync(
            (Store: this, Key: key, Body: body),
            static (transaction, write) =>
            {
                var result = write.Body(transaction, transaction.Get(LambdaSchema.Functions, KeyOf(write.Key)).Value);
                var after = transaction.Get(LambdaSchema.Functions, KeyOf(write.Key)).Value;
                transaction.OnCommitted(() => write.Store.Changed?.Invoke(write.Key, after));
                return result;
            },
            cancellationToken);

    /// <summary>Changes a function that must exist.</summary>
    internal ValueTask<FunctionRecord> ChangeAsync(
        FunctionKey key, Func<ITransaction, FunctionRecord, FunctionRecord> change, CancellationToken cancellationToken) =>
        WriteAsync(
            key,
            (transaction, current) =>
            {
                var next = change(transaction, current ?? throw LambdaErrors.FunctionNotFound(key.Arn));
                transaction.Put(LambdaSchema.Functions, KeyOf(key), next);
                return next;
            },
            cancellationToken);

    internal ValueTask<ScanPage<FunctionRecord>> ListAsync(Scope scope, int limit, ScanToken? after, CancellationToken cancellationToken) =>
        Control.ScanAsync(LambdaSchema.Functions, StoreKey.Of(scope.AccountId, scope.Region), limit, after, cancellationToken);

    /// <summary>Published versions with numbers above <paramref name="after"/>, in order.</summary>
    internal async ValueTask<IReadOnlyList<VersionRecord>> ListVersionsAsync(
        FunctionKey key, long after, int limit, CancellationToken cancellationToken)
    {
        var row = KeyOf(key);
        var page = await Control.ScanAsync(
            LambdaSchema.Versions, KeyRange.Under(row).StartAfter(row.Add(after)), limit, null, cancellationToken);
        return [.. page.Items.Select(static entry => entry.Value)];
    }

    internal async ValueTask<EventInvokeRecord?> FindEventInvokeAsync(FunctionKey key, string qualifier, CancellationToken cancellationToken) =>
        (await Control.GetAsync(LambdaSchema.EventInvokes, KeyOf(key).Add(qualifier), cancellationToken)).Value;
}
