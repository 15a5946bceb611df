using CsCheck;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;
using Fogbank.Store.Sqlite;
using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Unit.S3;

public sealed class ListingTests : IAsyncLifetime
{
    private SqliteStore _store = null!;
    private IDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await SqliteStore.OpenAsync(new StoreOptions { Memory = true }, TimeProvider.System, null);
        _database = await _store.OpenAsync(S3Tables.Schema, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>Pages of any size, read one after another, are what a plain list gives, in the order of UTF-8 bytes.</summary>
    [Fact]
    public async Task Pages_add_up_to_what_a_plain_list_gives()
    {
        var number = 0;
        var key = Gen.OneOf(["a", "b", "/", "//", "é", "\U0001F600", "\uFFFD", " "]).Array[1, 5].Select(string.Concat);
        var query = Gen.Select(
            key.Array[0, 30].Select(keys => keys.ToHashSet()), Gen.OneOf(["", "a", "a/", "/"]), Gen.OneOf(["", "/", "b"]), Gen.Int[1, 5]);
        await query.SampleAsync(
            async (keys, prefix, delimiter, size) =>
            {
                var bucket = StoreKey.Of("000000000000", "us-east-1", $"b{Interlocked.Increment(ref number)}");
                await PutAsync(bucket, keys);
                Assert.Equal(Model(keys, prefix, delimiter), await WalkAsync(bucket, new(prefix, delimiter, size)));
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task A_start_inside_a_common_prefix_still_shows_the_prefix()
    {
        var bucket = StoreKey.Of("000000000000", "us-east-1", "inside");
        await PutAsync(bucket, ["a/1", "a/2", "b"]);
        var query = new ListingQuery("", "/", 10);
        var page = await Listing.WalkAsync(
            _database, S3Tables.Objects, bucket, query, Listing.StartBehind(bucket, query, "a/1"), TestContext.Current.CancellationToken);
        Assert.Equal(["a/"], page.CommonPrefixes);
    }

    [Fact]
    public async Task A_page_of_nothing_is_not_truncated()
    {
        var bucket = StoreKey.Of("000000000000", "us-east-1", "nothing");
        await PutAsync(bucket, ["a"]);
        var query = new ListingQuery("", "", 0);
        var page = await Listing.WalkAsync(
            _database, S3Tables.Objects, bucket, query, Listing.StartBehind(bucket, query, ""), TestContext.Current.CancellationToken);
        Assert.Equal((0, false), (page.Items.Count, page.IsTruncated));
    }

    private static List<string> Model(IEnumerable<string> keys, string prefix, string delimiter)
    {
        var found = new List<string>();
        foreach (var key in keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(Comparer<string>.Create(ObjectKey.Compare)))
        {
            var shown = Listing.CommonPrefixOf(key, prefix, delimiter) ?? key;
            if (found.Count == 0 || found[^1] != shown)
            {
                found.Add(shown);
            }
        }

        return found;
    }

    private async Task<List<string>> WalkAsync(StoreKey bucket, ListingQuery query)
    {
        var found = new List<string>();
        var after = "";
        while (true)
        {
            var page = await Listing.WalkAsync(
                _database, S3Tables.Objects, bucket, query, Listing.StartBehind(bucket, query, after), TestContext.Current.CancellationToken);
            var keys = page.Items.Select(entry => entry.Key.Text(3)).Concat(page.CommonPrefixes).ToList();
            Assert.True(keys.Count <= query.MaxItems);
            keys.Sort(ObjectKey.Compare);
            found.AddRange(keys);
            if (!page.IsTruncated)
            {
                return found;
            }

            Assert.Equal(query.MaxItems, keys.Count);
            after = page.Last!;
        }
    }

    private async Task PutAsync(StoreKey bucket, IEnumerable<string> keys) => await _database.WriteAsync(
        transaction =>
        {
            foreach (var key in keys)
            {
                transaction.Put(S3Tables.Objects, bucket.Add(key), new ObjectRecord
                {
                    Blob = 0,
                    Size = 0,
                    ETag = "tag",
                    ModifiedAt = DateTimeOffset.UnixEpoch,
                    Headers = new(),
                });
            }
        },
        TestContext.Current.CancellationToken);
}
