using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>Deletes a repository inside a transaction: images, tags, blob links and uploads go with it.</summary>
internal static class RepositoryDeletion
{
    private const int PageRows = 256;

    internal static (RepositoryRecord Repository, bool Deleted)? Delete(ITransaction transaction, RepositoryKey key, bool force)
    {
        var row = EcrStore.KeyOf(key);
        if (transaction.Get(EcrSchema.Repositories, row).Value is not { } repository)
        {
            return null;
        }

        if (!force && transaction.Scan(EcrSchema.Images, row, 1).Items.Count > 0)
        {
            return (repository, false);
        }

        Empty(transaction, EcrSchema.Images, row);
        Empty(transaction, EcrSchema.Links, row);
        Empty(transaction, EcrSchema.Uploads, row);
        transaction.DeleteRange(EcrSchema.Tags, row);
        transaction.Delete(EcrSchema.Repositories, row);
        return (repository, true);
    }

    /// <summary>Releases what the rows hold, then deletes them.</summary>
    private static void Empty<T>(ITransaction transaction, Table<T> table, StoreKey row)
        where T : class
    {
        ScanToken? after = null;
        do
        {
            var page = transaction.Scan(table, row, PageRows, after);
            foreach (var entry in page.Items)
            {
                foreach (var blob in table.Blobs!(entry.Value))
                {
                    transaction.ReleaseBlob(blob);
                }
            }

            after = page.Next;
        }
        while (after is not null);
        transaction.DeleteRange(table, row);
    }
}
