using Fogbank.Store;
using Xunit;

namespace Fogbank.Tests.Kits.Store;

public abstract class BlobConformance : StoreKit
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(1_000_000)]
    public async Task A_blob_is_read_as_it_was_written_whole_and_in_ranges(int size)
    {
        var bytes = Bytes(size);
        var blob = await PutBlobAsync(bytes);
        Assert.Equal(bytes, await ReadBlobAsync(blob));
        Assert.Equal(size, await Database.Blobs.FindLengthAsync(blob, Cancel));
        if (size > 10)
        {
            Assert.Equal(bytes[3..], await ReadBlobAsync(blob, 3));
            Assert.Equal(bytes[5..9], await ReadBlobAsync(blob, 5, 4));
            Assert.Empty((await ReadBlobAsync(blob, size))!);
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ReadBlobAsync(blob, size + 1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ReadBlobAsync(blob, 0, size + 1));
    }

    [Fact]
    public async Task Many_small_writes_make_one_blob()
    {
        var bytes = Bytes(700_000);
        await using var writer = Database.Blobs.Create();
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(1 + (at % 9973), bytes.Length - at);
            await writer.WriteAsync(bytes.AsMemory(at, count), Cancel);
            at += count;
            Assert.Equal(at, writer.Length);
        }

        await using var pending = await writer.CompleteAsync(Cancel);
        await using (var check = pending.OpenRead())
        {
            Assert.Equal(bytes.Length, check.Length);
        }

        var blob = await Database.WriteAsync(t => t.AttachBlob(pending), Cancel);
        Assert.Equal(bytes, await ReadBlobAsync(blob));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task A_blob_lives_as_long_as_it_has_references(int size)
    {
        var blob = await PutBlobAsync(Bytes(size));
        Assert.True(await Database.WriteAsync(t => t.RetainBlob(blob), Cancel));
        await Database.WriteAsync(t => t.ReleaseBlob(blob), Cancel);
        Assert.NotNull(await ReadBlobAsync(blob));
        await Database.WriteAsync(t => t.ReleaseBlob(blob), Cancel);
        Assert.Null(await ReadBlobAsync(blob));
        Assert.False(await Database.WriteAsync(t => t.RetainBlob(blob), Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Database.WriteAsync(t => t.ReleaseBlob(blob), Cancel));
    }

    [Fact]
    public async Task A_stream_that_is_open_stays_readable_when_its_blob_is_released()
    {
        var (first, second) = (Bytes(100_000, 1), Bytes(100_000, 2));
        var parts = (await PutBlobAsync(first), await PutBlobAsync(second));
        var composed = await Database.WriteAsync(
            t => t.ComposeBlob([new(parts.Item1, 0, first.Length), new(parts.Item2, 0, second.Length)]), Cancel);
        await using var stream = await Database.Blobs.OpenReadAsync(composed, 0, null, Cancel);
        await Database.WriteAsync(t => t.ReleaseBlob(composed), Cancel);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes, Cancel);
        Assert.Equal([.. first, .. second], bytes.ToArray());
    }

    [Fact]
    public async Task A_failed_transaction_leaves_the_pending_blob_as_it_was()
    {
        var bytes = Bytes(50_000);
        await using var writer = Database.Blobs.Create();
        await writer.WriteAsync(bytes, Cancel);
        await using var pending = await writer.CompleteAsync(Cancel);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync<bool>(
            t =>
            {
                t.AttachBlob(pending);
                throw new InvalidOperationException();
            },
            Cancel).AsTask());
        var blob = await Database.WriteAsync(t => t.AttachBlob(pending), Cancel);
        Assert.Equal(bytes, await ReadBlobAsync(blob));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Database.WriteAsync(t => t.AttachBlob(pending), Cancel));
    }

    [Fact]
    public async Task Parts_and_slices_of_parts_make_one_blob_without_their_bytes_being_copied()
    {
        var (large, small) = (Bytes(100_000, 1), Bytes(20, 2));
        var (a, b) = (await PutBlobAsync(large), await PutBlobAsync(small));
        var inner = await Database.WriteAsync(t => t.ComposeBlob([new(a, 10, 50_000), new(b, 0, 20)]), Cancel);
        var outer = await Database.WriteAsync(
            t =>
            {
                t.RetainBlob(inner);
                return t.ComposeBlob([new(inner, 49_990, 30), new(inner, 0, 5)]);
            },
            Cancel);
        byte[] innerBytes = [.. large[10..50_010], .. small];
        byte[] outerBytes = [.. innerBytes[49_990..], .. innerBytes[..5]];
        Assert.Equal(innerBytes, await ReadBlobAsync(inner));
        Assert.Equal(outerBytes, await ReadBlobAsync(outer));
        Assert.Equal(outerBytes[20..33], await ReadBlobAsync(outer, 20, 13));
        await Database.WriteAsync(t => t.ReleaseBlob(outer), Cancel);
        Assert.Null(await ReadBlobAsync(a));
        Assert.Null(await ReadBlobAsync(b));
        Assert.Null(await ReadBlobAsync(inner));
    }

    [Fact]
    public async Task A_part_that_is_shorter_than_its_slice_is_refused()
    {
        var blob = await PutBlobAsync(Bytes(10));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () =>
            await Database.WriteAsync(t => t.ComposeBlob([new(blob, 5, 6)]), Cancel));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task A_blob_gets_its_name_later(int size)
    {
        var (first, second) = (await PutBlobAsync(Bytes(size)), await PutBlobAsync(Bytes(size)));
        Assert.Equal(first, await Database.WriteAsync(t => t.NameBlob(first, "sha256:late"), Cancel));
        Assert.Equal(first, await Database.Blobs.FindAsync("sha256:late", Cancel));

        // The name is taken: the second one's reference passes to the first, and the second is gone.
        Assert.Equal(first, await Database.WriteAsync(t => t.NameBlob(second, "sha256:late"), Cancel));
        Assert.Null(await ReadBlobAsync(second));
        await Database.WriteAsync(t => t.ReleaseBlob(first), Cancel);
        Assert.Equal(Bytes(size), await ReadBlobAsync(first));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Database.WriteAsync(t => t.NameBlob(first, "sha256:other"), Cancel));
        await Database.WriteAsync(t => t.ReleaseBlob(first), Cancel);
        Assert.Null(await Database.Blobs.FindAsync("sha256:late", Cancel));
    }

    [Fact]
    public async Task A_composed_blob_can_be_named()
    {
        var parts = new[] { await PutBlobAsync(Bytes(100_000)), await PutBlobAsync(Bytes(10)) };
        var blob = await Database.WriteAsync(
            t => t.NameBlob(t.ComposeBlob([new(parts[0], 0, 100_000), new(parts[1], 0, 10)]), "sha256:both"), Cancel);
        Assert.Equal(blob, await Database.Blobs.FindAsync("sha256:both", Cancel));
        Assert.Equal(Bytes(100_000).Concat(Bytes(10)), await ReadBlobAsync(blob));
    }

    [Fact]
    public async Task One_digest_is_kept_once()
    {
        var ids = new List<BlobId>();
        for (var i = 0; i < 2; i++)
        {
            await using var writer = Database.Blobs.Create();
            await writer.WriteAsync(Bytes(40_000), Cancel);
            await using var pending = await writer.CompleteAsync(Cancel);
            ids.Add(await Database.WriteAsync(t => t.AttachBlob(pending, "sha256:x"), Cancel));
        }

        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(ids[0], await Database.Blobs.FindAsync("sha256:x", Cancel));
        await Database.WriteAsync(t => t.ReleaseBlob(ids[0]), Cancel);
        Assert.NotNull(await ReadBlobAsync(ids[0]));
        await Database.WriteAsync(t => t.ReleaseBlob(ids[0]), Cancel);
        Assert.Null(await Database.Blobs.FindAsync("sha256:x", Cancel));
    }

    [Fact]
    public async Task Released_files_and_files_never_attached_leave_the_disk()
    {
        var blob = await PutBlobAsync(Bytes(100_000));
        await using (var writer = Database.Blobs.Create())
        {
            await writer.WriteAsync(Bytes(100_000), Cancel);
            await using var pending = await writer.CompleteAsync(Cancel);
        }

        await using (var abandoned = Database.Blobs.Create())
        {
            await abandoned.WriteAsync(Bytes(100_000), Cancel);
        }

        Assert.Single(BlobFiles());
        await Database.WriteAsync(t => t.ReleaseBlob(blob), Cancel);
        await ReopenAsync();
        await WaitUntilAsync(() => BlobFiles().Length == 0);
    }

    [Fact]
    public async Task Files_whose_commit_never_came_are_swept_at_the_next_opening()
    {
        var kept = await PutBlobAsync(Bytes(100_000));
        var folder = Path.GetDirectoryName(BlobFiles()[0])!;
        var staging = Directory.CreateDirectory(Path.Combine(Opened.DataDirectory, "blobs", "kit", "staging")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "3ff"), [1], Cancel);
        await File.WriteAllBytesAsync(Path.Combine(staging, "77"), [1], Cancel);
        await ReopenAsync();
        Assert.Single(BlobFiles());
        Assert.Equal(Bytes(100_000), await ReadBlobAsync(kept));
    }

    private string[] BlobFiles()
    {
        var root = Path.Combine(Opened.DataDirectory, "blobs", "kit");
        return Directory.Exists(root) ? Directory.GetFiles(root, "*", SearchOption.AllDirectories) : [];
    }

    /// <summary>The collector works beside the callers; each look gives it a commit's time.</summary>
    private async Task WaitUntilAsync(Func<bool> reached)
    {
        for (var i = 0; !reached(); i++)
        {
            Assert.True(i < 1000, "The files are still there.");
            await PutAsync(Key("tick"), new Thing("tick", i));
        }
    }
}
