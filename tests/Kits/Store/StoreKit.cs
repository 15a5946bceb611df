using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

/// <summary>What every kit of the store needs: a backend, opened and reopened on the same data, and a schema to play with.</summary>
public abstract class StoreKit : IAsyncLifetime
{
    protected internal static readonly Table<Thing> Things = new("kit.thing", StoreKitJson.Default.Thing)
    {
        Indexes = [new("colour", thing => thing.Colour), new("size", thing => thing.Size == 0 ? default(IndexValue) : thing.Size)],
        WakeAt = thing => thing.WakeAt,
        Blobs = thing => (thing.Blobs ?? []).Select(id => new BlobId(id)),
    };

    protected internal static readonly Table<Thing> Others = new("other.thing", StoreKitJson.Default.Thing);
    protected internal static readonly Outbox<Thing> Posts = new("kit.post", StoreKitJson.Default.Thing);
    protected internal static readonly Log<Thing> Lines = new("kit.line", StoreKitJson.Default.Thing);

    protected internal static readonly DatabaseSchema Schema = new()
    {
        Database = "kit",
        Owner = "kit",
        Tables = [Things, Others],
        Outboxes = [Posts],
        Logs = [Lines],
    };

    protected internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected internal static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    protected IDatabase Database { get; private set; } = null!;

    protected IStore Opened { get; private set; } = null!;

    /// <summary>Opens the backend on this test's data, which is new at first.</summary>
    protected abstract ValueTask<IStore> OpenStoreAsync();

    /// <summary>Whether the data outlives the store that is disposed.</summary>
    protected abstract bool Durable { get; }

    /// <summary>Deletes what the test left.</summary>
    protected abstract void CleanUp();

    public virtual async ValueTask InitializeAsync()
    {
        Opened = await OpenStoreAsync();
        Database = await Opened.OpenAsync(Schema, Cancel);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Opened.DisposeAsync();
        CleanUp();
        GC.SuppressFinalize(this);
    }

    protected async ValueTask ReopenAsync()
    {
        Assert.SkipUnless(Durable, "Memory state goes away by design.");
        await Opened.DisposeAsync();
        await InitializeAsync();
    }

    protected internal static StoreKey Key(string account, params ReadOnlySpan<StoreKeyPart> parts) => StoreKey.Of(account, "eu-west-1", parts);

    protected internal static StoreKey Key(string name) => StoreKey.Of("111111111111", "eu-west-1", name);

    protected async ValueTask PutAsync(StoreKey key, Thing thing) => await Database.WriteAsync(t => t.Put(Things, key, thing), Cancel);

    protected async ValueTask<BlobId> PutBlobAsync(byte[] bytes)
    {
        await using var writer = Database.Blobs.Create();
        await writer.WriteAsync(bytes, Cancel);
        await using var pending = await writer.CompleteAsync(Cancel);
        return await Database.WriteAsync(t => t.AttachBlob(pending), Cancel);
    }

    protected async ValueTask<byte[]?> ReadBlobAsync(BlobId blob, long offset = 0, long? length = null)
    {
        await using var stream = await Database.Blobs.OpenReadAsync(blob, offset, length, Cancel);
        if (stream is null)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, Cancel);
        return bytes.ToArray();
    }

    protected internal static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
