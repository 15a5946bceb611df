using Fogbank.Services.Ec2.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ec2.Store;

/// <summary>Typed reads and writes of EC2's resources. Whoever looks into an account's region first makes its default VPC.</summary>
internal sealed class Ec2Store(IStore store) : IServiceLifetime, IResettable
{
    private IDatabase? _database;

    public string Service => "ec2";

    private IDatabase Database => _database ?? throw new InvalidOperationException("EC2 has not started.");

    public async ValueTask StartAsync(CancellationToken cancellationToken) => _database = await store.OpenAsync(Ec2Schema.Schema, cancellationToken);

    public ValueTask StopAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ResetAsync(string? accountId, string? region, CancellationToken cancellationToken) =>
        Database.ResetAsync(accountId, region, "ec2", cancellationToken);

    internal async ValueTask<AccountRecord> GetAccountAsync(Scope scope, CancellationToken cancellationToken) =>
        (await Database.GetAsync(Ec2Schema.Accounts, StoreKey.Of(scope), cancellationToken)).Value
            ?? await Database.WriteAsync(transaction => Account(new Ec2Transaction(transaction, scope)), cancellationToken);

    internal async ValueTask<T?> FindAsync<T>(ResourceKind<T> kind, Scope scope, string id, CancellationToken cancellationToken)
        where T : ResourceRecord
    {
        await GetAccountAsync(scope, cancellationToken);
        return (await Database.GetAsync(kind.Table, StoreKey.Of(scope, id), cancellationToken)).Value;
    }

    /// <exception cref="AwsException">There is none, or it is no id of that kind.</exception>
    internal async ValueTask<T> GetAsync<T>(ResourceKind<T> kind, Scope scope, string id, CancellationToken cancellationToken)
        where T : ResourceRecord =>
        await FindAsync(kind, scope, kind.Check(id), cancellationToken) ?? throw kind.NotFound(id);

    internal async ValueTask<IReadOnlyList<T>> AllAsync<T>(ResourceKind<T> kind, Scope scope, CancellationToken cancellationToken)
        where T : ResourceRecord
    {
        await GetAccountAsync(scope, cancellationToken);
        var all = new List<T>();
        await foreach (var entry in Database.ScanAllAsync(kind.Table, StoreKey.Of(scope), cancellationToken))
        {
            all.Add(entry.Value);
        }

        return all;
    }

    /// <summary>A page of those that fit, by id.</summary>
    internal async ValueTask<(IReadOnlyList<T> Items, ScanToken? Next)> PageAsync<T>(
        ResourceKind<T> kind, Scope scope, Func<T, bool> fits, int limit, ScanToken? after, CancellationToken cancellationToken)
        where T : ResourceRecord
    {
        await GetAccountAsync(scope, cancellationToken);
        return await Database.ScanWhereAsync(kind.Table, StoreKey.Of(scope), fits, limit, after, cancellationToken);
    }

    /// <summary>Runs a change as a whole. What it throws reaches the caller, and nothing changes.</summary>
    /// <param name="dryRun">Whether the caller only asks if it could be done: nothing changes then.</param>
    /// <exception cref="AwsException">What <paramref name="body"/> found wrong, or the answer to a dry run.</exception>
    internal ValueTask<TResult> ChangeAsync<TResult>(
        Scope scope, bool? dryRun, Func<Ec2Transaction, TResult> body, CancellationToken cancellationToken) =>
        Database.WriteAsync(
            inner =>
            {
                var transaction = new Ec2Transaction(inner, scope);
                Account(transaction);
                var result = body(transaction);
                return dryRun is true ? throw Ec2Errors.DryRun() : result;
            },
            cancellationToken);

    /// <inheritdoc cref="ChangeAsync{TResult}"/>
    internal async ValueTask ChangeAsync(Scope scope, bool? dryRun, Action<Ec2Transaction> body, CancellationToken cancellationToken) =>
        await ChangeAsync(
            scope,
            dryRun,
            transaction =>
            {
                body(transaction);
                return true;
            },
            cancellationToken);

    private static AccountRecord Account(Ec2Transaction transaction)
    {
        var key = StoreKey.Of(transaction.Scope);
        if (transaction.Inner.Get(Ec2Schema.Accounts, key).Value is { } found)
        {
            return found;
        }

        var account = VpcBuilder.BuildAccount(transaction);
        transaction.Inner.Put(Ec2Schema.Accounts, key, account);
        return account;
    }
}
