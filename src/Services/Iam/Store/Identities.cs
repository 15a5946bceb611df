using Fogbank.Kernel;
using Fogbank.Services.Iam.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Iam.Store;

/// <summary>The roles, or the users, of every account.</summary>
/// <param name="inlineCharacters">How long all inline policies of one may be together.</param>
internal sealed class Identities<T>(IamStore store, Table<T> table, Func<string, AwsException> notFound, int inlineCharacters)
    where T : IdentityRecord
{
    internal int InlineCharacters => inlineCharacters;

    internal async ValueTask<T> GetAsync(string accountId, string name, CancellationToken cancellationToken) =>
        (await store.Database.GetAsync(table, IamStore.Key(accountId, name), cancellationToken)).Value ?? throw notFound(name);

    /// <summary>Changes one in a transaction.</summary>
    internal ValueTask<T> ChangeAsync(
        string accountId, string name, Func<ITransaction, T, T> change, CancellationToken cancellationToken) =>
        store.Database.WriteAsync(
            transaction =>
            {
                var key = IamStore.Key(accountId, name);
                var current = transaction.Get(table, key).Value ?? throw notFound(name);
                var next = change(transaction, current);
                transaction.Put(table, key, next);
                return next;
            },
            cancellationToken);

    /// <inheritdoc cref="ChangeAsync(string, string, Func{ITransaction, T, T}, CancellationToken)"/>
    internal ValueTask<T> ChangeAsync(string accountId, string name, Func<T, T> change, CancellationToken cancellationToken) =>
        ChangeAsync(accountId, name, (_, current) => change(current), cancellationToken);
}
