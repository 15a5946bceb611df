using Fogbank.Services.Ec2.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ec2.Store;

/// <summary>A transaction in one account and region.</summary>
internal sealed class Ec2Transaction(ITransaction transaction, Scope scope)
{
    private const int PageSize = 256;

    internal Scope Scope => scope;

    internal ITransaction Inner => transaction;

    internal T? Find<T>(ResourceKind<T> kind, string id)
        where T : ResourceRecord =>
        transaction.Get(kind.Table, StoreKey.Of(scope, id)).Value;

    /// <exception cref="AwsException">There is none, or it is no id of that kind.</exception>
    internal T Get<T>(ResourceKind<T> kind, string id)
        where T : ResourceRecord =>
        Find(kind, kind.Check(id)) ?? throw kind.NotFound(id);

    internal void Put<T>(ResourceKind<T> kind, T record)
        where T : ResourceRecord =>
        transaction.Put(kind.Table, StoreKey.Of(scope, record.Id), record);

    internal void Delete<T>(ResourceKind<T> kind, string id)
        where T : ResourceRecord =>
        transaction.Delete(kind.Table, StoreKey.Of(scope, id));

    internal IEnumerable<T> All<T>(ResourceKind<T> kind)
        where T : ResourceRecord
    {
        ScanToken? after = null;
        do
        {
            var page = transaction.Scan(kind.Table, StoreKey.Of(scope), PageSize, after);
            foreach (var entry in page.Items)
            {
                yield return entry.Value;
            }

            after = page.Next;
        }
        while (after is not null);
    }
}
