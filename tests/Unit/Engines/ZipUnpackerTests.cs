using System.IO.Compression;
using System.Security.Cryptography;
using Fogbank.Engines;
using Fogbank.Engines.Process.Artifacts;
using Xunit;

namespace Fogbank.Tests.Unit.Engines;

public sealed class ZipUnpackerTests : IDisposable
{
    private const int RegularFile = 0x8000, SymbolicLink = 0xa000;

    private readonly string _folder = Directory.CreateTempSubdirectory("fogbank-zip-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_folders_and_executable_bits_are_kept()
    {
        var bytes = Unpack(Zip(("a/b/run.sh", "#!/bin/sh\n", RegularFile | 0x1ed), ("plain.txt", "x", 0), ("empty/", "", 0), ("secret", "s", RegularFile | 0x180)));
        Assert.Equal(12, bytes);
        Assert.Equal("#!/bin/sh\n", File.ReadAllText(Path.Combine(Content, "a/b/run.sh")));
        Assert.True(Directory.Exists(Path.Combine(Content, "empty")));
        Assert.Equal((UnixFileMode)0x1ed, new FileInfo(Path.Combine(Content, "a/b/run.sh")).UnixFileMode);
        Assert.Equal((UnixFileMode)0x1a4, new FileInfo(Path.Combine(Content, "plain.txt")).UnixFileMode);
        Assert.Equal((UnixFileMode)0x1a4, new FileInfo(Path.Combine(Content, "secret")).UnixFileMode); // another user runs the code
    }

    [Fact]
    public void Set_user_id_and_foreign_write_bits_are_taken_off()
    {
        Unpack(Zip(("x", "x", RegularFile | 0x9ff)));
        Assert.Equal((UnixFileMode)0x1ed, new FileInfo(Path.Combine(Content, "x")).UnixFileMode);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a/../../evil")]
    [InlineData("a/..")]
    public void Name_that_leads_out_is_refused(string name)
    {
        Assert.Equal(EngineErrorKind.ArtifactInvalid, Refused(Zip((name, "x", 0))));
        Assert.Empty(Directory.GetFileSystemEntries(_folder, "evil*"));
    }

    [Fact]
    public void Nothing_is_written_through_a_link()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "outside")).FullName;
        Assert.Equal(EngineErrorKind.ArtifactInvalid, Refused(Zip(("link", outside, SymbolicLink | 0x1ff), ("link/evil", "x", 0))));
        Assert.Equal(EngineErrorKind.ArtifactInvalid, Refused(Zip(("link", outside + "/evil", SymbolicLink | 0x1ff), ("link", "x", 0))));
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public void Links_are_kept()
    {
        Unpack(Zip(("current", "v1/lib", SymbolicLink | 0x1ff), ("v1/lib", "x", 0)));
        Assert.Equal("v1/lib", new FileInfo(Path.Combine(Content, "current")).LinkTarget);
    }

    [Fact]
    public void Bytes_are_counted_as_they_come() =>
        Assert.Equal(EngineErrorKind.ArtifactTooLarge, Refused(Zip(("bomb", new string('0', 2_000_000), 0)), maxBytes: 1_000_000));

    [Fact]
    public void Entries_are_counted() =>
        Assert.Equal(EngineErrorKind.ArtifactTooLarge, Refused(Zip([.. Enumerable.Range(0, 20).Select(i => ($"f{i}", "", 0))]), maxEntries: 10));

    [Fact]
    public void File_below_a_file_and_devices_are_refused()
    {
        Assert.Equal(EngineErrorKind.ArtifactInvalid, Refused(Zip(("a", "x", 0), ("a/b", "x", 0))));
        Assert.Equal(EngineErrorKind.ArtifactInvalid, Refused(Zip(("null", "", 0x2000 | 0x1b6))));
    }

    [Fact]
    public void Damage_is_an_invalid_artifact()
    {
        Assert.Equal(EngineErrorKind.ArtifactInvalid, Refused("no zip at all"u8.ToArray()));
        var cut = Zip(("a", new string('x', 5000), 0));
        Assert.Equal(EngineErrorKind.ArtifactInvalid, Refused(cut[..(cut.Length / 2)]));
    }

    [Fact]
    public async Task Cache_checks_the_digest_unpacks_once_and_removes_what_nobody_uses()
    {
        var content = Zip(("a", "x", 0));
        var opened = 0;
        Artifact artifact = new()
        {
            Digest = Convert.ToHexStringLower(SHA256.HashData(content)),
            Kind = ArtifactKind.Zip,
            OpenAsync = _ =>
            {
                opened++;
                return ValueTask.FromResult<Stream>(new MemoryStream(content));
            },
        };
        using ArtifactCache cache = new(Path.Combine(_folder, "cache"), maxBytes: 0, maxPackedBytes: 1000);
        var token = TestContext.Current.CancellationToken;
        var first = await cache.LeaseAsync(artifact, token);
        using (var second = await cache.LeaseAsync(artifact, token))
        {
            Assert.Equal((first.Folder, 1), (second.Folder, opened));
        }
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(first.Folder, "content/a"), token));
        first.Dispose();
        Assert.False(Directory.Exists(first.Folder));

        var wrong = artifact with { Digest = new string('0', 64) };
        var error = await Assert.ThrowsAsync<EngineException>(async () => await cache.LeaseAsync(wrong, token));
        Assert.Equal(EngineErrorKind.ArtifactInvalid, error.Kind);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "cache")));
    }

    private string Content => Path.Combine(_folder, "content");

    private long Unpack(byte[] zip, long maxBytes = 10_000_000, int maxEntries = 1000)
    {
        var archive = Path.Combine(_folder, "archive");
        File.WriteAllBytes(archive, zip);
        return ZipUnpacker.Unpack(archive, Content, maxBytes, maxEntries, TestContext.Current.CancellationToken);
    }

    private EngineErrorKind Refused(byte[] zip, long maxBytes = 10_000_000, int maxEntries = 1000)
    {
        var error = Assert.Throws<EngineException>(() => Unpack(zip, maxBytes, maxEntries));
        if (Directory.Exists(Content))
        {
            Directory.Delete(Content, recursive: true);
        }
        return error.Kind;
    }

    private static byte[] Zip(params (string Name, string Text, int Mode)[] files)
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text, mode) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = mode << 16;
                using StreamWriter writer = new(entry.Open());
                writer.Write(text);
            }
        }
        return bytes.ToArray();
    }
}
