using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

public abstract class TableConformance : StoreKit
{
    [Fact]
    public async Task What_was_put_is_got_with_a_version_and_nothing_else_is()
    {
        await PutAsync(Key("a"), new Thing("a", 1));
        var found = await Database.GetAsync(Things, Key("a"), Cancel);
        Assert.Equal("a", found.Value?.Name);
        Assert.True(found.Version > 0);
        Assert.Equal(default, await Database.GetAsync(Things, Key("b"), Cancel));
        Assert.Equal(default, await Database.GetAsync(Others, Key("a"), Cancel));
    }

    [Fact]
    public async Task Version_zero_creates_and_does_not_overwrite()
    {
        Assert.True(await Database.TryPutAsync(Things, Key("a"), new Thing("first", 1), 0, Cancel));
        Assert.False(await Database.TryPutAsync(Things, Key("a"), new Thing("second", 1), 0, Cancel));
        Assert.Equal("first", (await Database.GetAsync(Things, Key("a"), Cancel)).Value?.Name);
    }

    [Fact]
    public async Task Of_two_writers_with_one_version_one_wins()
    {
        await PutAsync(Key("a"), new Thing("a", 1));
        var (_, version) = await Database.GetAsync(Things, Key("a"), Cancel);
        Assert.True(await Database.TryPutAsync(Things, Key("a"), new Thing("winner", 1), version, Cancel));
        Assert.False(await Database.TryPutAsync(Things, Key("a"), new Thing("loser", 1), version, Cancel));
        Assert.False(await Database.TryDeleteAsync(Things, Key("a"), version, Cancel));
        Assert.Equal("winner", (await Database.GetAsync(Things, Key("a"), Cancel)).Value?.Name);
    }

    [Fact]
    public async Task A_version_does_not_come_back_with_a_new_row_under_the_same_key()
    {
        await PutAsync(Key("a"), new Thing("a", 1));
        var (_, version) = await Database.GetAsync(Things, Key("a"), Cancel);
        Assert.True(await Database.TryDeleteAsync(Things, Key("a"), version, Cancel));
        await PutAsync(Key("a"), new Thing("again", 1));
        Assert.False(await Database.TryPutAsync(Things, Key("a"), new Thing("stale", 1), version, Cancel));
    }

    [Fact]
    public async Task Scans_page_in_key_order_and_stay_below_their_prefix()
    {
        foreach (var name in (string[])["b", "a", "ab", "c", "a/b"])
        {
            await PutAsync(Key("111111111111", "box", name), new Thing(name, 1));
        }

        await PutAsync(Key("111111111111", "boxes", "x"), new Thing("x", 1));
        await PutAsync(Key("222222222222", "box", "y"), new Thing("y", 1));
        var (names, pages) = (new List<string>(), 0);
        ScanToken? after = null;
        do
        {
            var page = await Database.ScanAsync(Things, Key("111111111111", "box"), 2, after, Cancel);
            names.AddRange(page.Items.Select(item => item.Value.Name));
            after = page.Next is { } next && ScanToken.TryParse(next.ToString(), out var parsed) ? parsed : null;
            pages++;
        }
        while (after is not null);
        Assert.Equal(["a", "a/b", "ab", "b", "c"], names);
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task A_page_that_ends_with_the_last_row_has_no_next()
    {
        await PutAsync(Key("a"), new Thing("a", 1));
        await PutAsync(Key("b"), new Thing("b", 1));
        Assert.Null((await Database.ScanAsync(Things, KeyRange.All, 2, null, Cancel)).Next);
        Assert.NotNull((await Database.ScanAsync(Things, KeyRange.All, 1, null, Cancel)).Next);
    }

    [Fact]
    public async Task Reverse_scans_page_backwards()
    {
        for (var i = 0; i < 5; i++)
        {
            await PutAsync(Key("111111111111", (long)i), new Thing($"{i}", 1));
        }

        var first = await Database.ScanAsync(Things, KeyRange.All, 3, null, true, Cancel);
        var second = await Database.ScanAsync(Things, KeyRange.All, 3, first.Next, true, Cancel);
        Assert.Equal(["4", "3", "2", "1", "0"], first.Items.Concat(second.Items).Select(item => item.Value.Name));
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task A_listing_steps_over_a_common_prefix_with_one_range()
    {
        foreach (var name in (string[])["a", "dir/1", "dir/2", "dir0", "e"])
        {
            await PutAsync(Key(name), new Thing(name, 1));
        }

        var head = StoreKey.Of("111111111111", "eu-west-1");
        var under = await Database.ScanAsync(Things, KeyRange.TextPrefix(head, "dir/"), 10, null, Cancel);
        Assert.Equal(["dir/1", "dir/2"], under.Items.Select(item => item.Value.Name));
        var rest = await Database.ScanAsync(Things, KeyRange.TextPrefix(head, "").StartAfterTextPrefix(head, "dir/"), 10, null, Cancel);
        Assert.Equal(["dir0", "e"], rest.Items.Select(item => item.Value.Name));
        var behind = await Database.ScanAsync(Things, KeyRange.Under(head).StartAfter(Key("dir0")), 10, null, Cancel);
        Assert.Equal(["e"], behind.Items.Select(item => item.Value.Name));
    }

    [Fact]
    public async Task An_index_finds_rows_by_value_and_follows_their_changes()
    {
        await PutAsync(Key("a"), new Thing("a", 1, "red"));
        await PutAsync(Key("b"), new Thing("b", 1, "blue"));
        await PutAsync(Key("c"), new Thing("c", 1, "red"));
        await PutAsync(Key("d"), new Thing("d", 1));
        await PutAsync(Key("c"), new Thing("c", 1, "green"));
        Assert.Equal(["a"], await ByColourAsync(IndexRange.Equal("red")));
        Assert.Equal(["b", "c"], await ByColourAsync(IndexRange.Between("blue", "red")));
        Assert.Equal(["b", "c", "a"], await ByColourAsync(IndexRange.All));
        Assert.Equal("b", (await Database.FindByIndexAsync(Things, "colour", "blue", Cancel))?.Value.Name);
        Assert.Null(await Database.FindByIndexAsync(Things, "colour", "pink", Cancel));
    }

    [Fact]
    public async Task Index_scans_page_by_value_then_key_and_can_be_confined_to_a_scope()
    {
        for (var i = 0; i < 7; i++)
        {
            await PutAsync(Key(i % 2 == 0 ? "111111111111" : "222222222222", $"{i}"), new Thing($"{i}", 1 + (i / 3), "red"));
        }

        foreach (var (range, index) in ((IndexRange, string)[])[(IndexRange.All, "size"), (IndexRange.Equal("red"), "colour")])
        {
            var names = new List<string>();
            ScanToken? after = null;
            do
            {
                var page = await Database.ScanIndexAsync(Things, index, range, null, 2, after, Cancel);
                names.AddRange(page.Items.Select(item => item.Value.Name));
                after = page.Next;
            }
            while (after is not null);
            Assert.Equal(index == "size" ? ["0", "2", "1", "4", "3", "5", "6"] : ["0", "2", "4", "6", "1", "3", "5"], names);
        }

        var scoped = await Database.ScanIndexAsync(Things, "size", IndexRange.All, StoreKey.OfAccount("222222222222"), 10, null, Cancel);
        Assert.Equal(["1", "3", "5"], scoped.Items.Select(item => item.Value.Name));
    }

    [Fact]
    public async Task Tables_survive_the_store()
    {
        await PutAsync(Key("a"), new Thing("a", 1, "red"));
        var (_, version) = await Database.GetAsync(Things, Key("a"), Cancel);
        await ReopenAsync();
        Assert.Equal(version, (await Database.GetAsync(Things, Key("a"), Cancel)).Version);
        await PutAsync(Key("b"), new Thing("b", 1));
        Assert.True((await Database.GetAsync(Things, Key("b"), Cancel)).Version > version);
    }

    [Fact]
    public async Task A_table_of_no_schema_is_refused() =>
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await Database.GetAsync(new Table<Thing>("kit.stranger", StoreKitJson.Default.Thing), Key("a"), Cancel));

    private async Task<IEnumerable<string>> ByColourAsync(IndexRange range) =>
        (await Database.ScanIndexAsync(Things, "colour", range, null, 10, null, Cancel)).Items.Select(item => item.Value.Name);
}
