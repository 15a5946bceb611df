using System.IO.Compression;
using Fogbank.Engines;
using Fogbank.Engines.Oci.Images;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fogbank.Tests.Unit.Engines.Images;

public sealed class LayerCacheTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
    private readonly string _folder;
    private LayerCache _cache;

    public LayerCacheTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        _folder = Directory.CreateTempSubdirectory("fogbank-layers-").FullName;
        _cache = new(Options, _time);
    }

    private LayerCacheOptions Options => new() { Directory = Path.Combine(_folder, "layers") };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        LayerFixture.Run("rm", "-rf", _folder);
    }

    private async Task RestartAsync(LayerCacheOptions? options = null)
    {
        await _cache.DisposeAsync();
        _cache = new(options ?? Options, _time);
    }

    private static ImageRoot Image(params IReadOnlyList<ImageLayer> layers) => new() { Layers = layers };

    private static ImageLayer Simple(string content, LayerCompression compression = LayerCompression.Gzip) =>
        TarBytes.Layer(new TarBytes().File("file", content).End(), compression);

    private IEnumerable<string> OnDisk => Directory.GetFileSystemEntries(Options.Directory).Select(path => Path.GetFileName(path)!).Where(name => name != ".empty");

    [Theory]
    [InlineData(LayerCompression.None)]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstandard)]
    public async Task Layers_are_unpacked_in_order(LayerCompression compression)
    {
        using var lease = await _cache.LeaseAsync(Image(Simple("low", compression), Simple("high", compression)), Cancel);
        Assert.Equal(["low", "high"], lease.Folders.Select(folder => File.ReadAllText(Path.Combine(folder, "file"))));
        Assert.Equal("700", LayerFixture.Run("stat", "-c", "%a", Options.Directory).Trim());
    }

    [Fact]
    public async Task Archives_of_several_parts_are_read_to_their_end()
    {
        var archive = new TarBytes().File("a", new byte[1_000_000]).File("b", "b").End();
        byte[] members = [.. TarBytes.Gzip(archive[..700_000]), .. TarBytes.Gzip(archive[700_000..1_000_512]), .. TarBytes.Gzip(archive[1_000_512..])];
        ZstdSharp.Compressor zstandard = new();
        // Two frames with one between them that is to be skipped.
        byte[] frames = [.. zstandard.Wrap(archive.AsSpan(0, 5000)).ToArray(), 0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3, .. zstandard.Wrap(archive.AsSpan(5000)).ToArray()];
        using (var lease = await _cache.LeaseAsync(Image(TarBytes.Packed(members, TarBytes.Digest(archive), LayerCompression.Gzip)), Cancel))
        {
            Assert.Equal("b", File.ReadAllText(Path.Combine(lease.Folders[0], "b")));
        }
        await _cache.DisposeAsync();
        LayerFixture.Run("rm", "-rf", Options.Directory);
        await RestartAsync();
        using var second = await _cache.LeaseAsync(Image(TarBytes.Packed(frames, TarBytes.Digest(archive), LayerCompression.Zstandard)), Cancel);
        Assert.Equal("b", File.ReadAllText(Path.Combine(second.Folders[0], "b")));
    }

    [Fact]
    public async Task Image_without_layers_is_an_empty_folder()
    {
        using var lease = await _cache.LeaseAsync(Image(), Cancel);
        Assert.Empty(Directory.GetFileSystemEntries(Assert.Single(lease.Folders)));
    }

    [Fact]
    public async Task Layer_that_replaces_the_root_hides_what_lies_below()
    {
        var replaces = TarBytes.Layer(new TarBytes().File(".wh..wh..opq").File("file", "new").End());
        using var lease = await _cache.LeaseAsync(Image(Simple("low"), replaces, Simple("top"), replaces), Cancel);
        Assert.Equal(["new"], lease.Folders.Select(folder => File.ReadAllText(Path.Combine(folder, "file"))));
        using var other = await _cache.LeaseAsync(Image(Simple("low"), replaces, Simple("top"), Simple("low")), Cancel);
        Assert.Equal(["new", "top", "low"], other.Folders.Select(folder => File.ReadAllText(Path.Combine(folder, "file"))));
    }

    [Fact]
    public async Task Many_at_once_share_one_unpacking()
    {
        var opened = 0;
        TaskCompletionSource go = new();
        var layer = Counted(Simple("x"), () => Interlocked.Increment(ref opened), go.Task);
        var leases = Enumerable.Range(0, 20).Select(_ => _cache.LeaseAsync(Image(layer, Simple("y")), Cancel).AsTask()).ToArray();
        go.SetResult();
        foreach (var lease in await Task.WhenAll(leases).WaitAsync(s_patience, Cancel))
        {
            Assert.Equal("x", File.ReadAllText(Path.Combine(lease.Folders[0], "file")));
            lease.Dispose();
        }
        Assert.Equal(1, opened);
        (await _cache.LeaseAsync(Image(layer), Cancel)).Dispose();
        Assert.Equal(1, opened);
    }

    [Fact]
    public async Task Unpacking_goes_on_while_one_waits_and_stops_when_nobody_does()
    {
        TaskCompletionSource opened = new(), go = new(), stopped = new();
        var layer = Simple("x") with
        {
            OpenAsync = async token =>
            {
                opened.TrySetResult();
                try
                {
                    await go.Task.WaitAsync(token);
                }
                catch (OperationCanceledException)
                {
                    stopped.SetResult();
                    throw;
                }
                return new MemoryStream();
            },
        };
        using CancellationTokenSource first = new(), second = new();
        var one = _cache.LeaseAsync(Image(layer), first.Token).AsTask();
        await opened.Task.WaitAsync(s_patience, Cancel);
        var two = _cache.LeaseAsync(Image(layer), second.Token).AsTask();
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(stopped.Task.IsCompleted);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        await stopped.Task.WaitAsync(s_patience, Cancel);
        // And whoever comes next begins anew.
        using var lease = await _cache.LeaseAsync(Image(Simple("x")), Cancel);
        Assert.Equal("x", File.ReadAllText(Path.Combine(lease.Folders[0], "file")));
    }

    [Fact]
    public async Task Bad_archive_of_one_is_not_the_failure_of_another()
    {
        TaskCompletionSource opened = new(), go = new();
        var good = Simple("x");
        var liar = TarBytes.Packed(TarBytes.Gzip(new TarBytes().File("file", "evil").End()), good.DiffId, LayerCompression.Gzip);
        var first = _cache.LeaseAsync(Image(Counted(liar, opened.SetResult, go.Task)), Cancel).AsTask();
        await opened.Task.WaitAsync(s_patience, Cancel);
        var second = _cache.LeaseAsync(Image(good), Cancel).AsTask();
        go.SetResult();
        Assert.Equal(EngineErrorKind.ArtifactInvalid, (await Assert.ThrowsAsync<EngineException>(() => first)).Kind);
        using var lease = await second;
        Assert.Equal("x", File.ReadAllText(Path.Combine(lease.Folders[0], "file")));
    }

    public static TheoryData<string> Damages => ["digest", "diff id", "longer", "shorter", "truncated", "flipped", "compression", "not gzip", "empty", "unreadable", "zstandard"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damaged_layer_is_refused_and_leaves_nothing(string damage)
    {
        byte[] noise = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 ^ i >> 7))];
        var archive = new TarBytes().File("file", noise).End();
        var packed = TarBytes.Gzip(archive);
        var flipped = (byte[])packed.Clone();
        flipped[packed.Length / 2] ^= 0x10;
        var frames = new ZstdSharp.Compressor().Wrap(archive).ToArray();
        var diffId = TarBytes.Digest(archive);
        var good = TarBytes.Packed(packed, diffId, LayerCompression.Gzip);
        var layer = damage switch
        {
            "digest" => good with { Digest = new string('0', 64) },
            "diff id" => good with { DiffId = new string('0', 64) },
            "longer" => good with { SizeBytes = packed.Length - 1 },
            "shorter" => good with { SizeBytes = packed.Length + 1 },
            "truncated" => TarBytes.Packed(packed[..^5000], diffId, LayerCompression.Gzip),
            "flipped" => TarBytes.Packed(flipped, diffId, LayerCompression.Gzip),
            "compression" => good with { Compression = LayerCompression.None },
            "not gzip" => TarBytes.Packed(archive, diffId, LayerCompression.Gzip),
            "empty" => TarBytes.Packed([], diffId, LayerCompression.Gzip),
            "zstandard" => TarBytes.Packed(frames[..^100], diffId, LayerCompression.Zstandard),
            _ => good with { OpenAsync = _ => throw new IOException("gone") },
        };
        var error = await Assert.ThrowsAsync<EngineException>(async () => await _cache.LeaseAsync(Image(Simple("fine"), layer), Cancel));
        Assert.Equal(damage == "unreadable" ? EngineErrorKind.Unavailable : EngineErrorKind.ArtifactInvalid, error.Kind);
        await _cache.CleanAsync(Cancel);
        Assert.DoesNotContain(OnDisk, name => name != Simple("fine").DiffId);
    }

    [Fact]
    public async Task Layers_survive_a_restart()
    {
        var layer = Simple("x");
        (await _cache.LeaseAsync(Image(layer), Cancel)).Dispose();
        await RestartAsync();
        using var lease = await _cache.LeaseAsync(Image(Unreadable(layer)), Cancel);
        Assert.Equal("x", File.ReadAllText(Path.Combine(lease.Folders[0], "file")));
        using var retaken = await _cache.RetakeAsync(lease.DiffIds, Cancel);
        Assert.Equal(lease.Folders, retaken!.Folders);
        Assert.Null(await _cache.RetakeAsync([layer.DiffId, new string('0', 64)], Cancel));
    }

    [Fact]
    public async Task What_a_crash_leaves_is_removed()
    {
        var layer = Simple("x");
        (await _cache.LeaseAsync(Image(layer), Cancel)).Dispose();
        await _cache.DisposeAsync();
        foreach (var name in (string[])[".new-1", ".old-2", ".trash-3", new('0', 64), "whatever"])
        {
            Directory.CreateDirectory(Path.Combine(Options.Directory, name, "fs", "deep", "er"));
            File.CreateSymbolicLink(Path.Combine(Options.Directory, name, "fs", "link"), _folder);
        }
        File.WriteAllText(Path.Combine(Options.Directory, "file"), "");
        File.WriteAllText(Path.Combine(Options.Directory, new('0', 64), "layer"), "fogbank-layer-1 12");
        await RestartAsync();
        (await _cache.LeaseAsync(Image(Unreadable(layer)), Cancel)).Dispose();
        await _cache.CleanAsync(Cancel);
        Assert.Equal([layer.DiffId], OnDisk);
    }

    [Fact]
    public async Task Layer_that_was_not_synced_is_of_no_use_after_a_crash_of_the_machine()
    {
        var layer = Simple("x");
        (await _cache.LeaseAsync(Image(layer), Cancel)).Dispose();
        var record = Path.Combine(Options.Directory, layer.DiffId, "layer");
        var text = await File.ReadAllTextAsync(record, Cancel);
        var otherRun = text[..text.LastIndexOf(' ')] + " another-run\n";
        await File.WriteAllTextAsync(record, otherRun, Cancel);
        await RestartAsync();
        await Assert.ThrowsAsync<EngineException>(async () => await _cache.LeaseAsync(Image(Unreadable(layer)), Cancel));
        (await _cache.LeaseAsync(Image(layer), Cancel)).Dispose();
        _time.Advance(Options.SyncAfter);
        await _cache.CleanAsync(Cancel);
        await File.WriteAllTextAsync(record, otherRun, Cancel);
        await RestartAsync();
        (await _cache.LeaseAsync(Image(Unreadable(layer)), Cancel)).Dispose();
    }

    [Fact]
    public async Task Layers_not_used_for_longest_go_first_and_held_ones_never()
    {
        await RestartAsync(Options with { MaxBytes = 3_500_000 });
        _cache.StartEviction();
        var layers = Enumerable.Range(0, 5).Select(i => TarBytes.Layer(new TarBytes().File("file", [(byte)i, .. new byte[1_000_000]]).End())).ToArray();
        var held = await _cache.LeaseAsync(Image(layers[0]), Cancel);
        for (var i = 1; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(2));
            (await _cache.LeaseAsync(Image(layers[i]), Cancel)).Dispose();
            if (i == 2)
            {
                (await _cache.LeaseAsync(Image(layers[1]), Cancel)).Dispose();
            }
        }
        await _cache.CleanAsync(Cancel);
        Assert.Equal(new[] { 0, 3, 4 }.Select(i => layers[i].DiffId).Order(StringComparer.Ordinal), OnDisk.Order(StringComparer.Ordinal));
        // The order survives a restart, and nothing goes before it is said that all leases are retaken.
        (await _cache.LeaseAsync(Image(layers[3]), Cancel)).Dispose();
        await RestartAsync(Options with { MaxBytes = 2_500_000 });
        (await _cache.RetakeAsync([layers[0].DiffId], Cancel))!.Dispose();
        await _cache.CleanAsync(Cancel);
        Assert.Equal(3, OnDisk.Count());
        held = await _cache.RetakeAsync([layers[0].DiffId], Cancel);
        _cache.StartEviction();
        await _cache.CleanAsync(Cancel);
        Assert.Equal(2, OnDisk.Count());
        Assert.Contains(layers[0].DiffId, OnDisk);
        held!.Dispose();
    }

    [Fact]
    public async Task Bombs_are_refused_within_their_limits()
    {
        await RestartAsync(Options with { Limits = new() { MaxBytes = 50_000_000, MaxEntries = 5_000 } });
        // Ten million entries, a terabyte of zeros: made as they are read.
        byte[] entry = [.. new TarBytes().File("a", "x").EndWithoutMark()];
        var many = Streamed(() => new Repeated(entry, 10_000_000));
        Assert.Equal(EngineErrorKind.ArtifactTooLarge, (await Assert.ThrowsAsync<EngineException>(async () => await _cache.LeaseAsync(Image(many), Cancel))).Kind);
        var zeros = Streamed(() => new Repeated(new byte[1 << 20], 1 << 20, TarBytes.Header("a", size: 1L << 32)));
        Assert.Equal(EngineErrorKind.ArtifactTooLarge, (await Assert.ThrowsAsync<EngineException>(async () => await _cache.LeaseAsync(Image(zeros), Cancel))).Kind);
        var tail = Streamed(() => new Repeated(new byte[1 << 20], 1 << 20));
        Assert.Equal(EngineErrorKind.ArtifactTooLarge, (await Assert.ThrowsAsync<EngineException>(async () => await _cache.LeaseAsync(Image(tail), Cancel))).Kind);
        MemoryStream bomb = new();
        await using (GZipStream gzip = new(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(TarBytes.Header("a", size: 49_000_000));
            for (var i = 0; i < 200; i++)
            {
                gzip.Write(new byte[1_000_000]);
            }
        }
        var packed = TarBytes.Packed(bomb.ToArray(), new('0', 64), LayerCompression.Gzip);
        Assert.Equal(EngineErrorKind.ArtifactTooLarge, (await Assert.ThrowsAsync<EngineException>(async () => await _cache.LeaseAsync(Image(packed), Cancel))).Kind);
        await _cache.CleanAsync(Cancel);
        Assert.Empty(OnDisk);

        static ImageLayer Streamed(Func<Stream> open) => Simple("x", LayerCompression.None) with { SizeBytes = long.MaxValue, OpenAsync = _ => new(open()) };
    }

    [Fact]
    public async Task Image_of_too_many_layers_or_with_digests_that_are_none_is_refused()
    {
        var layer = Simple("x");
        foreach (var image in (ImageRoot[])[Image([.. Enumerable.Repeat(layer, 129)]), Image(layer with { DiffId = "../../etc" }), Image(layer with { Digest = "x" })])
        {
            var error = await Assert.ThrowsAsync<EngineException>(async () => await _cache.LeaseAsync(image, Cancel));
            Assert.Equal(EngineErrorKind.InvalidSpec, error.Kind);
        }
    }

    [Fact]
    public async Task Full_disk_is_told_and_leaves_nothing()
    {
        var disk = Directory.CreateDirectory(Path.Combine(_folder, "disk")).FullName;
        LayerFixture.Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk);
        try
        {
            await RestartAsync(new() { Directory = Path.Combine(disk, "layers") });
            var layer = TarBytes.Layer(new TarBytes().File("file", new byte[5_000_000]).End());
            var error = await Assert.ThrowsAsync<EngineException>(async () => await _cache.LeaseAsync(Image(layer), Cancel));
            Assert.Equal(EngineErrorKind.ResourceExhausted, error.Kind);
            await _cache.CleanAsync(Cancel);
            (await _cache.LeaseAsync(Image(Simple("small")), Cancel)).Dispose();
        }
        finally
        {
            await _cache.DisposeAsync();
            LayerFixture.Run("umount", disk);
        }
    }

    private static ImageLayer Counted(ImageLayer layer, Action opened, Task go) => layer with
    {
        OpenAsync = async token =>
        {
            opened();
            await go.WaitAsync(token);
            return await layer.OpenAsync(token);
        },
    };

    private static ImageLayer Unreadable(ImageLayer layer) => layer with { OpenAsync = _ => throw new InvalidOperationException("It is there already.") };
}
