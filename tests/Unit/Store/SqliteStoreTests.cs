using System.Runtime.Versioning;
using System.Text.Json.Serialization;
using Fogbank.Store;
using Fogbank.Store.Sqlite;
using Xunit;

namespace Fogbank.Tests.Unit.Store;

public sealed record Pot(string Name, int Size);

[JsonSerializable(typeof(Pot))]
public sealed partial class StoreTestJson : JsonSerializerContext;

[UnsupportedOSPlatform("windows")]
public sealed class SqliteStoreTests : IDisposable
{
    private static readonly Table<Pot> Pots = new("test.pot", StoreTestJson.Default.Pot);
    private static readonly StoreKey Key = StoreKey.Of("111111111111", "eu-west-1", "a");
    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-store-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_second_store_on_the_folder_is_refused_and_told_who_has_it()
    {
        await using (await OpenAsync())
        {
            var refused = await Assert.ThrowsAsync<StoreException>(async () => await OpenAsync());
            Assert.Equal(StoreError.Locked, refused.Error);
            Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        }

        await using var next = await OpenAsync();
    }

    [Fact]
    public async Task The_region_key_is_made_once_and_only_its_owner_may_read_it()
    {
        byte[] first;
        await using (var store = await OpenAsync())
        {
            first = store.RegionKey.ToArray();
        }

        Assert.Equal(32, first.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder, "region.key")));
        await using var again = await OpenAsync();
        Assert.Equal(first, again.RegionKey.ToArray());
    }

    [Fact]
    public async Task Memory_state_is_private_and_goes_away()
    {
        string folder;
        await using (var store = await SqliteStore.OpenAsync(new StoreOptions { Memory = true }, TimeProvider.System, null))
        {
            folder = store.DataDirectory;
            await store.OpenAsync(Schema(), Cancel);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_file_of_a_later_version_is_refused_and_left_alone()
    {
        await using (var store = await OpenAsync())
        {
            await store.OpenAsync(Schema(new MigrationStep(1, "one", _ => { }), new MigrationStep(2, "two", _ => { })), Cancel);
        }

        await using var older = await OpenAsync();
        var refused = await Assert.ThrowsAsync<StoreException>(async () => await older.OpenAsync(Schema(new MigrationStep(1, "one", _ => { })), Cancel));
        Assert.Equal(StoreError.NewerSchema, refused.Error);
        Assert.Contains("later version", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_run_once_in_order_on_what_is_stored_and_not_on_a_new_file()
    {
        var ran = new List<int>();
        await using (var store = await OpenAsync())
        {
            var database = await store.OpenAsync(Schema(new MigrationStep(1, "never", _ => ran.Add(1))), Cancel);
            await database.WriteAsync(t => t.Put(Pots, Key, new Pot("a", 1)), Cancel);
        }

        var two = new MigrationStep(2, "doubles sizes", m => m.Rewrite(Pots, (_, pot) => pot with { Size = pot.Size * 2 }));
        for (var i = 0; i < 2; i++)
        {
            await using var store = await OpenAsync();
            var database = await store.OpenAsync(Schema(new MigrationStep(1, "never", _ => ran.Add(1)), two), Cancel);
            Assert.Equal(2, (await database.GetAsync(Pots, Key, Cancel)).Value?.Size);
        }

        Assert.Empty(ran);
    }

    [Fact]
    public async Task A_step_that_fails_leaves_the_file_as_it_was()
    {
        await using (var store = await OpenAsync())
        {
            var database = await store.OpenAsync(Schema(), Cancel);
            await database.WriteAsync(t => t.Put(Pots, Key, new Pot("a", 1)), Cancel);
        }

        await using (var store = await OpenAsync())
        {
            var broken = new MigrationStep(1, "breaks", m =>
            {
                m.Rewrite(Pots, (_, _) => null);
                throw new InvalidOperationException();
            });
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.OpenAsync(Schema(broken), Cancel));
        }

        await using var again = await OpenAsync();
        Assert.NotNull((await (await again.OpenAsync(Schema(), Cancel)).GetAsync(Pots, Key, Cancel)).Value);
    }

    [Fact]
    public async Task An_index_column_that_is_new_is_filled_for_the_rows_that_are_there()
    {
        await using (var store = await OpenAsync())
        {
            var database = await store.OpenAsync(Schema(), Cancel);
            await database.WriteAsync(t => t.Put(Pots, Key, new Pot("a", 7)), Cancel);
        }

        var indexed = new Table<Pot>("test.pot", StoreTestJson.Default.Pot)
        {
            Indexes = [new("size", pot => pot.Size)],
            WakeAt = _ => DateTimeOffset.UnixEpoch,
        };
        await using var again = await OpenAsync();
        var wider = await again.OpenAsync(Schema() with { Tables = [indexed] }, Cancel);
        Assert.Equal("a", (await wider.FindByIndexAsync(indexed, "size", 7, Cancel))?.Value.Name);
        Assert.Single(await wider.ReadDueAsync(indexed, DateTimeOffset.UnixEpoch, 10, Cancel));
    }

    [Fact]
    public async Task Owners_share_a_database_but_not_a_table_name()
    {
        await using var store = await OpenAsync();
        var first = await store.OpenAsync(Schema(), Cancel);
        var other = new Table<Pot>("other.pot", StoreTestJson.Default.Pot);
        Assert.Same(first, await store.OpenAsync(Schema() with { Owner = "other", Tables = [other] }, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.OpenAsync(
            Schema() with { Owner = "third", Tables = [new Table<Pot>("test.pot", StoreTestJson.Default.Pot)] }, Cancel));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_said_to_be_corrupt()
    {
        await using var store = await OpenAsync();
        await File.WriteAllBytesAsync(Path.Combine(_folder, "test.db"), new byte[5000].Select((_, i) => (byte)i).ToArray(), Cancel);
        Assert.Equal(StoreError.Corrupt, (await Assert.ThrowsAsync<StoreException>(async () => await store.OpenAsync(Schema(), Cancel))).Error);
    }

    [Fact]
    public async Task Callers_who_wait_together_are_committed_together()
    {
        await using var store = await SqliteStore.OpenAsync(
            new StoreOptions { DataDirectory = _folder, Durability = Durability.Power }, TimeProvider.System, null);
        var database = await store.OpenAsync(Schema(), Cancel);
        var (commits, visible) = (new List<int>(), 0);
        using var held = new ManualResetEventSlim();
        var first = database.WriteAsync(t => held.Wait(Cancel), Cancel).AsTask();
        var rest = Enumerable.Range(0, 100).Select(i => database.WriteAsync(
            t =>
            {
                t.Put(Pots, Key.Add(i), new Pot($"{i}", i));
                t.OnCommitted(() => commits.Add(visible = database.ScanAsync(Pots, KeyRange.All, 1000, null, Cancel).AsTask().GetAwaiter().GetResult().Items.Count));
            },
            Cancel).AsTask()).ToArray();
        held.Set();
        await first;
        await Task.WhenAll(rest);
        Assert.Equal(100, commits.Count);
        Assert.All(commits, count => Assert.Equal(100, count));
    }

    [Fact]
    public async Task A_closed_database_says_so()
    {
        IDatabase database;
        await using (var store = await OpenAsync())
        {
            database = await store.OpenAsync(Schema(), Cancel);
        }

        Assert.Equal(StoreError.Closed, (await Assert.ThrowsAsync<StoreException>(async () => await database.GetAsync(Pots, Key, Cancel))).Error);
        Assert.Equal(
            StoreError.Closed,
            (await Assert.ThrowsAsync<StoreException>(async () => await database.TryPutAsync(Pots, Key, new Pot("a", 1), 0, Cancel))).Error);
    }

    private ValueTask<SqliteStore> OpenAsync() =>
        SqliteStore.OpenAsync(new StoreOptions { DataDirectory = _folder }, TimeProvider.System, null);

    private static DatabaseSchema Schema(params MigrationStep[] steps) =>
        new() { Database = "test", Owner = "test", Tables = [Pots], Steps = steps };
}
