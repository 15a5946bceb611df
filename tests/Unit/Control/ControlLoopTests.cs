using System.Text.Json.Serialization;
using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Unit.Control;

public sealed record Job(string Name, int Steps, DateTimeOffset? WakeAt);

[JsonSerializable(typeof(Job))]
public sealed partial class ControlTestJson : JsonSerializerContext;

public sealed class ControlLoopTests : IAsyncLifetime
{
    private static readonly Table<Job> Jobs = new("test.job", ControlTestJson.Default.Job) { WakeAt = job => job.WakeAt };
    private static readonly Outbox<Job> Mail = new("test.mail", ControlTestJson.Default.Job);
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private SqliteStore _store = null!;
    private IDatabase _database = null!;
    private ControlLoop _loop = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await SqliteStore.OpenAsync(new StoreOptions { Memory = true }, TimeProvider.System, null);
        _database = await _store.OpenAsync(
            new DatabaseSchema { Database = "control", Owner = "test", Tables = [Jobs], Outboxes = [Mail] }, Cancel);
        _loop = NewLoop();
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_due_key_runs_once_and_rests_when_it_is_done()
    {
        var runs = new Recorder((_, _) => ValueTask.FromResult(Next.Done));
        _loop.Add(_database, Jobs, runs);
        await PutAsync("a", due: true);
        await PutAsync("steady", due: false);
        await _loop.DrainAsync(Cancel);
        _time.Advance(TimeSpan.FromHours(1));
        await _loop.DrainAsync(Cancel);
        Assert.Equal(["a"], runs.Keys);
        Assert.Null(await _database.NextDueAsync(Jobs, Cancel));
    }

    [Fact]
    public async Task After_is_kept_in_the_store_and_outlives_the_loop()
    {
        var runs = new Recorder((_, _) => ValueTask.FromResult(Next.After(TimeSpan.FromSeconds(10))));
        _loop.Add(_database, Jobs, runs);
        await PutAsync("a", due: true);
        await _loop.DrainAsync(Cancel);
        Assert.Single(runs.Keys);
        await _loop.DisposeAsync();
        _loop = NewLoop();
        _loop.Add(_database, Jobs, runs);
        _time.Advance(TimeSpan.FromSeconds(9));
        await _loop.DrainAsync(Cancel);
        Assert.Single(runs.Keys);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _loop.DrainAsync(Cancel);
        Assert.Equal(2, runs.Keys.Count);
    }

    [Fact]
    public async Task A_write_during_a_pass_is_not_slept_over()
    {
        var runs = new Recorder(async (key, count) =>
        {
            if (count == 1)
            {
                await PutAsync("a", due: true);
            }

            return Next.Done;
        });
        _loop.Add(_database, Jobs, runs);
        await PutAsync("a", due: true);
        await _loop.DrainAsync(Cancel);
        Assert.Equal(2, runs.Keys.Count);
    }

    [Fact]
    public async Task A_pass_that_names_the_version_it_wrote_may_sleep()
    {
        var runs = new Recorder(async (key, _) =>
            Next.After(TimeSpan.FromSeconds(5), await _database.WriteAsync(t => t.Put(Jobs, key, new Job("a", 1, _time.GetUtcNow())), Cancel)));
        _loop.Add(_database, Jobs, runs);
        await PutAsync("a", due: true);
        await _loop.DrainAsync(Cancel);
        Assert.Single(runs.Keys);
        Assert.Equal(_time.GetUtcNow().AddSeconds(5), await _database.NextDueAsync(Jobs, Cancel));
    }

    [Fact]
    public async Task A_write_by_somebody_else_after_the_version_that_a_pass_names_is_not_slept_over()
    {
        var runs = new Recorder(async (key, count) =>
        {
            var seen = await _database.WriteAsync(t => t.Put(Jobs, key, new Job("a", count, null)), Cancel);
            if (count == 1)
            {
                await PutAsync("a", due: true);
            }

            return Next.After(TimeSpan.FromSeconds(5), seen);
        });
        _loop.Add(_database, Jobs, runs);
        await PutAsync("a", due: true);
        await _loop.DrainAsync(Cancel);
        Assert.Equal(2, runs.Keys.Count);
    }

    [Fact]
    public async Task A_failing_key_backs_off_and_does_not_hold_up_others()
    {
        var runs = new Recorder((key, count) => key.Text(2) == "bad" ? throw new InvalidOperationException() : ValueTask.FromResult(Next.Done));
        _loop.Add(_database, Jobs, runs, new WorkOptions { Concurrency = 1, MinBackoff = TimeSpan.FromSeconds(1), MaxBackoff = TimeSpan.FromSeconds(4) });
        await PutAsync("bad", due: true);
        await PutAsync("good", due: true);
        await _loop.DrainAsync(Cancel);
        Assert.Equal(["bad", "good"], runs.Keys.Order());
        _time.Advance(TimeSpan.FromMilliseconds(400));
        await _loop.DrainAsync(Cancel);
        Assert.Equal(2, runs.Keys.Count);
        _time.Advance(TimeSpan.FromMilliseconds(601));
        await _loop.DrainAsync(Cancel);
        Assert.Equal(3, runs.Keys.Count);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        await _loop.DrainAsync(Cancel);
        Assert.Equal(3, runs.Keys.Count);
        _time.Advance(TimeSpan.FromMilliseconds(1002));
        await _loop.DrainAsync(Cancel);
        Assert.Equal(4, runs.Keys.Count);
    }

    [Fact]
    public async Task A_failed_key_whose_row_was_deleted_is_forgotten()
    {
        _loop.Add(_database, Jobs, new Recorder((_, _) => throw new InvalidOperationException()), new WorkOptions { MaxBackoff = TimeSpan.FromSeconds(4) });
        await PutAsync("a", due: true);
        await _loop.DrainAsync(Cancel);
        Assert.Equal(1, _loop.Resting);
        await _database.WriteAsync(t => t.Delete(Jobs, Key("a")), Cancel);
        _time.Advance(TimeSpan.FromSeconds(5));
        await _loop.DrainAsync(Cancel);
        Assert.Equal(0, _loop.Resting);
    }

    [Fact]
    public async Task A_pass_that_writes_and_fails_backs_off_too()
    {
        var runs = new Recorder(async (_, _) =>
        {
            await PutAsync("a", due: true);
            throw new InvalidOperationException();
        });
        _loop.Add(_database, Jobs, runs);
        await PutAsync("a", due: true);
        await _loop.DrainAsync(Cancel);
        Assert.Single(runs.Keys);
    }

    [Fact]
    public async Task One_key_never_has_two_passes_at_once_and_many_keys_share_the_workers()
    {
        var (running, most, clash) = (new Dictionary<string, int>(), 0, false);
        var runs = new Recorder(async (key, count) =>
        {
            lock (running)
            {
                running[key.Text(2)] = running.GetValueOrDefault(key.Text(2)) + 1;
                clash |= running[key.Text(2)] > 1;
                most = Math.Max(most, running.Values.Sum());
            }

            if (count < 200)
            {
                await PutAsync(key.Text(2), due: true);
            }

            lock (running)
            {
                running[key.Text(2)]--;
            }

            return Next.Done;
        });
        _loop.Add(_database, Jobs, runs, new WorkOptions { Concurrency = 3 });
        _loop.Start();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PutAsync($"{i % 10}", due: true).AsTask()));
        await _loop.DrainAsync(Cancel);
        Assert.False(clash);
        Assert.InRange(most, 1, 3);
        Assert.InRange(runs.Keys.Count, 200, 230);
    }

    [Fact]
    public async Task A_started_loop_runs_a_key_upon_its_commit_without_the_time_moving()
    {
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Add(_database, Jobs, new Recorder((_, _) =>
        {
            ran.TrySetResult();
            return ValueTask.FromResult(Next.Done);
        }));
        _loop.Start();
        await PutAsync("a", due: true);
        await ran.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    [Fact]
    public async Task A_stop_waits_for_passes_and_cancels_those_that_outlast_its_grace()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Add(_database, Jobs, new Waiting(begun));
        _loop.Start();
        await PutAsync("a", due: true);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        var stop = _loop.StopAsync(TimeSpan.FromSeconds(5));
        Assert.False(stop.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await stop.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Single(await _database.ReadDueAsync(Jobs, _time.GetUtcNow(), 10, Cancel));
    }

    [Fact]
    public async Task A_pass_that_ignores_its_cancellation_does_not_keep_the_loop_from_stopping()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource();
        _loop.Add(_database, Jobs, new Recorder(async (_, _) =>
        {
            begun.SetResult();
            await end.Task;
            return Next.Done;
        }));
        _loop.Start();
        await PutAsync("a", due: true);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        var stop = _loop.StopAsync(TimeSpan.Zero);
        while (!stop.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await stop;
        end.SetResult();
    }

    [Fact]
    public async Task Outbox_rows_are_consumed_in_order_and_a_failing_one_holds_up_its_own_key_only()
    {
        var consumer = new Consumer();
        _loop.Add(_database, Mail, consumer, new WorkOptions { MinBackoff = TimeSpan.FromSeconds(1) });
        await _database.WriteAsync(
            t =>
            {
                foreach (var name in (string[])["fail", "1", "2"])
                {
                    t.Enqueue(Mail, Key("a"), new Job(name, 0, null), _time.GetUtcNow());
                }

                t.Enqueue(Mail, Key("b"), new Job("3", 0, null), _time.GetUtcNow());
            },
            Cancel);
        await _loop.DrainAsync(Cancel);
        Assert.Equal(["a:fail:0", "b:3:0"], consumer.Seen.Order(StringComparer.Ordinal));
        _time.Advance(TimeSpan.FromSeconds(1.01));
        await _loop.DrainAsync(Cancel);
        Assert.Equal(["a:fail:1", "a:1:0", "a:2:0"], consumer.Seen.Skip(2));
        Assert.Null(await _database.NextDueAsync(Mail, Cancel));
    }

    private ControlLoop NewLoop() => new(_time, RandomIdSource.Instance, NullLoggerFactory.Instance);

    private static StoreKey Key(string name) => StoreKey.Of("111111111111", "eu-west-1", name);

    private async ValueTask PutAsync(string name, bool due) =>
        await _database.WriteAsync(t => t.Put(Jobs, Key(name), new Job(name, 0, due ? _time.GetUtcNow() : null)), Cancel);

    private sealed class Recorder(Func<StoreKey, int, ValueTask<Next>> pass) : IReconciler
    {
        internal List<string> Keys { get; } = [];

        public ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
        {
            int count;
            lock (Keys)
            {
                Keys.Add(key.Text(2));
                count = Keys.Count;
            }

            return pass(key, count);
        }
    }

    private sealed class Waiting(TaskCompletionSource begun) : IReconciler
    {
        public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return Next.Done;
        }
    }

    private sealed class Consumer : IOutboxConsumer<Job>
    {
        internal List<string> Seen { get; } = [];

        public ValueTask<Next> ConsumeAsync(OutboxItem<Job> item, CancellationToken cancellationToken)
        {
            lock (Seen)
            {
                Seen.Add($"{item.OrderingKey.Text(2)}:{item.Value.Name}:{item.Attempts}");
            }

            return item.Value.Name == "fail" && item.Attempts == 0 ? throw new InvalidOperationException() : ValueTask.FromResult(Next.Done);
        }
    }
}
