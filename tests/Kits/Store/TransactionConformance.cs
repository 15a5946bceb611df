using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

public abstract class TransactionConformance : StoreKit
{
    [Fact]
    public async Task A_transaction_reads_its_own_writes_and_others_do_not()
    {
        await Database.WriteAsync(
            t =>
            {
                t.Put(Things, Key("a"), new Thing("a", 1));
                Assert.Equal("a", t.Get(Things, Key("a")).Value?.Name);
                Assert.Single(t.Scan(Things, KeyRange.All, 10).Items);
                Assert.Null(Database.GetAsync(Things, Key("a"), Cancel).AsTask().GetAwaiter().GetResult().Value);
            },
            Cancel);
        Assert.NotNull((await Database.GetAsync(Things, Key("a"), Cancel)).Value);
    }

    [Fact]
    public async Task A_body_that_throws_is_undone_alone_and_its_caller_is_told()
    {
        var committed = new List<int>();
        var writes = Enumerable.Range(0, 50).Select(i => Database.WriteAsync(
            t =>
            {
                t.Put(Things, Key($"{i}"), new Thing($"{i}", 1));
                t.OnCommitted(() => committed.Add(i));
                return i % 3 == 0 ? throw new InvalidOperationException($"no {i}") : i;
            },
            Cancel).AsTask()).ToArray();
        for (var i = 0; i < writes.Length; i++)
        {
            if (i % 3 == 0)
            {
                Assert.Equal($"no {i}", (await Assert.ThrowsAsync<InvalidOperationException>(() => writes[i])).Message);
            }
            else
            {
                Assert.Equal(i, await writes[i]);
            }
        }

        var rows = await Database.ScanAsync(Things, KeyRange.All, 100, null, Cancel);
        Assert.Equal(
            Enumerable.Range(0, 50).Where(i => i % 3 != 0),
            rows.Items.Select(item => int.Parse(item.Value.Name, System.Globalization.CultureInfo.InvariantCulture)).Order());
        Assert.Equal(Enumerable.Range(0, 50).Where(i => i % 3 != 0), committed);
    }

    [Fact]
    public async Task Bodies_run_one_at_a_time_and_lose_no_update()
    {
        await PutAsync(Key("count"), new Thing("count", 0));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            async () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    await Database.WriteAsync(
                        t =>
                        {
                            var (thing, version) = t.Get(Things, Key("count"));
                            Assert.True(t.TryPut(Things, Key("count"), thing! with { Size = thing.Size + 1 }, version));
                        },
                        Cancel);
                }
            },
            Cancel)));
        Assert.Equal(800, (await Database.GetAsync(Things, Key("count"), Cancel)).Value?.Size);
    }

    [Fact]
    public async Task A_result_comes_after_the_commit_is_visible()
    {
        for (var i = 0; i < 200; i++)
        {
            await PutAsync(Key("a"), new Thing("a", i));
            Assert.Equal(i, (await Database.GetAsync(Things, Key("a"), Cancel)).Value?.Size);
        }
    }

    [Fact]
    public async Task A_cancelled_write_that_waits_its_turn_does_not_happen()
    {
        using var held = new ManualResetEventSlim();
        using var leave = new CancellationTokenSource();
        var first = Database.WriteAsync(t => held.Wait(Cancel), Cancel).AsTask();
        var second = Database.WriteAsync(t => t.Put(Things, Key("a"), new Thing("a", 1)), leave.Token).AsTask();
        await leave.CancelAsync();
        held.Set();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Null((await Database.GetAsync(Things, Key("a"), Cancel)).Value);
    }

    [Fact]
    public async Task A_transaction_outside_its_body_is_refused()
    {
        var kept = await Database.WriteAsync(t => t, Cancel);
        Assert.Throws<InvalidOperationException>(() => kept.Get(Things, Key("a")));
    }

    [Fact]
    public async Task A_global_name_has_one_owner_until_it_is_released()
    {
        Assert.True(await Database.WriteAsync(t => t.ClaimName("kit.box", "n", Key("a")), Cancel));
        Assert.False(await Database.WriteAsync(t => t.ClaimName("kit.box", "n", Key("222222222222", "b")), Cancel));
        Assert.True(await Database.WriteAsync(t => t.ClaimName("kit.lid", "n", Key("b")), Cancel));
        Assert.Equal(Key("a"), await Database.FindNameAsync("kit.box", "n", Cancel));
        Assert.True(await Database.WriteAsync(t => t.ReleaseName("kit.box", "n"), Cancel));
        Assert.Null(await Database.FindNameAsync("kit.box", "n", Cancel));
    }

    [Fact]
    public async Task A_claim_is_undone_with_its_transaction()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync<bool>(
            t =>
            {
                Assert.True(t.ClaimName("kit.box", "n", Key("a")));
                throw new InvalidOperationException();
            },
            Cancel).AsTask());
        Assert.Null(await Database.FindNameAsync("kit.box", "n", Cancel));
    }

    [Fact]
    public async Task A_reset_of_a_scope_takes_what_is_below_it_and_nothing_else()
    {
        var told = 0;
        using var listener = Database.OnReset(() => told++);
        var (mine, yours) = (Key("111111111111", "x"), Key("222222222222", "x"));
        var blob = await PutBlobAsync(Bytes(100_000));
        foreach (var key in (StoreKey[])[mine, yours])
        {
            await Database.WriteAsync(
                t =>
                {
                    t.RetainBlob(blob);
                    t.Put(Things, key, new Thing("x", 1, Blobs: [blob.Value]));
                    t.Put(Others, key, new Thing("x", 1));
                    t.Enqueue(Posts, key, new Thing("x", 1), Noon);
                    t.ClaimName("kit.box", key.Text(0), key);
                    t.Append(Lines, key, "s", Lines.Encode([new(Noon, new Thing("x", 1))]));
                },
                Cancel);
        }

        await Database.WriteAsync(t => t.ReleaseBlob(blob), Cancel);
        await Database.ResetAsync(StoreKey.OfAccount("111111111111"), null, Cancel);
        Assert.Equal((false, false, false, false, 0), await LookAsync(mine));
        Assert.Equal((true, true, true, true, 1), await LookAsync(yours));
        Assert.Equal(1, told);
        Assert.NotNull(await ReadBlobAsync(blob));
        await Database.ResetAsync(null, "kit", Cancel);
        Assert.Equal((false, true, false, false, 0), await LookAsync(yours));
        Assert.Null(await ReadBlobAsync(blob));
        await Database.ResetAsync(null, null, Cancel);
        Assert.Equal((false, false, false, false, 0), await LookAsync(yours));
    }

    private async Task<(bool Thing, bool Other, bool Post, bool Name, int Lines)> LookAsync(StoreKey key) => (
        (await Database.GetAsync(Things, key, Cancel)).Value is not null,
        (await Database.GetAsync(Others, key, Cancel)).Value is not null,
        await Database.PeekAsync(Posts, key, Cancel) is not null,
        await Database.FindNameAsync("kit.box", key.Text(0), Cancel) is not null,
        (await Database.ReadLogAsync(Lines, new LogQuery { Partition = key, Limit = 10 }, Cancel)).Records.Count);
}
