using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

public abstract class DueConformance : StoreKit
{
    [Fact]
    public async Task Due_rows_come_earliest_first_and_steady_ones_never()
    {
        await PutAsync(Key("late"), new Thing("late", 1, WakeAt: Noon.AddSeconds(2)));
        await PutAsync(Key("early"), new Thing("early", 1, WakeAt: Noon.AddSeconds(1)));
        await PutAsync(Key("later"), new Thing("later", 1, WakeAt: Noon.AddSeconds(9)));
        await PutAsync(Key("steady"), new Thing("steady", 1));
        Assert.Equal([Key("early"), Key("late")], await DueAsync(Noon.AddSeconds(2)));
        Assert.Equal([Key("early")], (await Database.ReadDueAsync(Things, Noon.AddSeconds(5), 1, Cancel)).Select(due => due.Key));
        Assert.Equal(Noon.AddSeconds(1), await Database.NextDueAsync(Things, Cancel));
        Assert.Null(await Database.NextDueAsync(Posts, Cancel));
    }

    [Fact]
    public async Task Rescheduling_keeps_the_record_and_its_version_and_yields_to_a_write()
    {
        await PutAsync(Key("a"), new Thing("a", 1, WakeAt: Noon));
        var (_, version) = await Database.GetAsync(Things, Key("a"), Cancel);
        Assert.True(await Database.WriteAsync(t => t.TryReschedule(Things, Key("a"), version, Noon.AddSeconds(5)), Cancel));
        Assert.Empty(await DueAsync(Noon));
        Assert.Equal(version, (await Database.GetAsync(Things, Key("a"), Cancel)).Version);
        await PutAsync(Key("a"), new Thing("a", 2, WakeAt: Noon));
        Assert.False(await Database.WriteAsync(t => t.TryReschedule(Things, Key("a"), version, null), Cancel));
        Assert.Equal([Key("a")], await DueAsync(Noon));
    }

    [Fact]
    public async Task A_commit_tells_of_what_it_made_due_and_a_rollback_does_not()
    {
        var told = new List<StoreKey>();
        using (Database.OnDue(Things, due => told.Add(due.Key)))
        {
            await PutAsync(Key("a"), new Thing("a", 1, WakeAt: Noon));
            await PutAsync(Key("steady"), new Thing("steady", 1));
            await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync<bool>(
                t =>
                {
                    t.Put(Things, Key("b"), new Thing("b", 1, WakeAt: Noon));
                    throw new InvalidOperationException();
                },
                Cancel).AsTask());
        }

        await PutAsync(Key("c"), new Thing("c", 1, WakeAt: Noon));
        Assert.Equal([Key("a")], told);
    }

    [Fact]
    public async Task Outbox_rows_of_one_key_come_one_after_another()
    {
        var (a, b) = (Key("a"), Key("b"));
        await Database.WriteAsync(
            t =>
            {
                t.Enqueue(Posts, a, new Thing("a1", 1), Noon);
                t.Enqueue(Posts, a, new Thing("a2", 1), Noon);
                t.Enqueue(Posts, b, new Thing("b1", 1), Noon.AddSeconds(1));
            },
            Cancel);
        Assert.Equal([a, b], (await Database.ReadDueAsync(Posts, Noon.AddSeconds(1), 10, Cancel)).Select(due => due.Key));
        var first = await Database.PeekAsync(Posts, a, Cancel);
        Assert.Equal("a1", first!.Value.Name);
        Assert.False(await Database.WriteAsync(t => t.Complete(Posts, a, first.Number + 1, Noon), Cancel));
        Assert.True(await Database.WriteAsync(t => t.Complete(Posts, a, first.Number, Noon), Cancel));
        Assert.False(await Database.WriteAsync(t => t.Complete(Posts, a, first.Number, Noon), Cancel));
        var second = await Database.PeekAsync(Posts, a, Cancel);
        Assert.Equal("a2", second!.Value.Name);
        Assert.True(await Database.WriteAsync(t => t.Complete(Posts, a, second.Number, Noon), Cancel));
        Assert.Null(await Database.PeekAsync(Posts, a, Cancel));
        Assert.Equal([b], (await Database.ReadDueAsync(Posts, Noon.AddSeconds(1), 10, Cancel)).Select(due => due.Key));
    }

    [Fact]
    public async Task A_postponed_head_counts_attempts_and_holds_up_those_behind_it_only()
    {
        var key = Key("a");
        await Database.WriteAsync(
            t =>
            {
                t.Enqueue(Posts, key, new Thing("1", 1), Noon);
                t.Enqueue(Posts, key, new Thing("2", 1), Noon);
            },
            Cancel);
        var head = await Database.PeekAsync(Posts, key, Cancel);
        Assert.True(await Database.WriteAsync(t => t.Postpone(Posts, key, head!.Number, Noon.AddSeconds(5)), Cancel));
        Assert.Empty(await Database.ReadDueAsync(Posts, Noon.AddSeconds(4), 10, Cancel));
        Assert.Equal(1, (await Database.PeekAsync(Posts, key, Cancel))!.Attempts);
        Assert.True(await Database.WriteAsync(t => t.Complete(Posts, key, head!.Number, Noon), Cancel));
        Assert.Equal(("2", 0), (await Database.PeekAsync(Posts, key, Cancel)) is { } next ? (next.Value.Name, next.Attempts) : default);
        Assert.Single(await Database.ReadDueAsync(Posts, Noon, 10, Cancel));
    }

    [Fact]
    public async Task Due_work_survives_the_store()
    {
        await PutAsync(Key("a"), new Thing("a", 1, WakeAt: Noon));
        await Database.WriteAsync(t => t.Enqueue(Posts, Key("b"), new Thing("b", 1), Noon), Cancel);
        await ReopenAsync();
        Assert.Equal([Key("a")], await DueAsync(Noon));
        Assert.Equal([Key("b")], (await Database.ReadDueAsync(Posts, Noon, 10, Cancel)).Select(due => due.Key));
    }

    private async Task<IEnumerable<StoreKey>> DueAsync(DateTimeOffset now) =>
        (await Database.ReadDueAsync(Things, now, 10, Cancel)).Select(due => due.Key);
}
