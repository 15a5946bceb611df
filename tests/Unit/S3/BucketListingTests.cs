using CsCheck;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Xunit;

namespace Fogbank.Tests.Unit.S3;

public sealed class BucketListingTests : IAsyncLifetime
{
    private SqliteStore _store = null!;
    private IDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await SqliteStore.OpenAsync(new StoreOptions { Memory = true }, TimeProvider.System, null);
        _database = await _store.OpenAsync(S3Tables.Schema, Cancel);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>Pages of any size, read one after another, are the account's buckets by name, wherever they are.</summary>
    [Fact]
    public async Task Pages_add_up_to_the_buckets_of_the_account_by_name()
    {
        var account = 100_000_000_000;
        var name = Gen.OneOf(["a", "b", "-", ".", "0", "zz"]).Array[1, 4].Select(string.Concat);
        var bucket = Gen.Select(name, Gen.OneOf(["eu-west-1", "us-east-1", "us-west-2"]));
        var query = Gen.Select(
            bucket.Array[0, 30], Gen.OneOf(["", "a", "a-", "zz"]), Gen.OneOf([null, "us-east-1"]), Gen.Int[1, 5]);
        await query.SampleAsync(
            async (drawn, prefix, region, size) =>
            {
                account += 2;
                var mine = $"{account}";
                var neighbour = $"{account + 1}";
                var buckets = drawn.GroupBy(bucket => bucket.Item1).Select(same => same.First()).ToList();
                foreach (var (each, where) in buckets)
                {
                    await PutAsync(mine, where, each);
                    await PutAsync(neighbour, where, each + "x");
                }

                var wanted = buckets
                    .Where(each => each.Item1.StartsWith(prefix, StringComparison.Ordinal) && (region is null || each.Item2 == region))
                    .Select(each => each.Item1)
                    .Order(StringComparer.Ordinal);
                Assert.Equal(wanted, await WalkAsync(mine, prefix, region, size));
            },
            iter: 60,
            threads: 1);
    }

    private async Task<List<string>> WalkAsync(string account, string prefix, string? region, int size)
    {
        var names = new List<string>();
        while (true)
        {
            var (page, more) = await BucketListing.PageAsync(_database, account, prefix, names.LastOrDefault(), region, size, Cancel);
            Assert.InRange(page.Count, more ? size : 0, size);
            names.AddRange(page.Select(bucket => bucket.Name));
            if (!more)
            {
                return names;
            }
        }
    }

    private async Task PutAsync(string account, string region, string name) => await _database.TryPutAsync(
        S3Tables.Buckets,
        StoreKey.Of(account, region, name),
        new BucketRecord { Name = name, AccountId = account, Region = region, CreatedAt = DateTimeOffset.UnixEpoch },
        expectedVersion: 0,
        Cancel);
}
