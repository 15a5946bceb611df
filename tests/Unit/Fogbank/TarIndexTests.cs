using System.Formats.Tar;
using System.Text;
using Fogbank.Client;
using Fogbank.Images;
using Xunit;

namespace Fogbank.Tests.Unit.CommandLine;

public sealed class TarIndexTests
{
    [Theory]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.V7)]
    public void Files_are_found_in_every_form_of_tar(TarEntryFormat format)
    {
        var longName = format is TarEntryFormat.V7 or TarEntryFormat.Ustar ? "short" : new string('n', 300);
        using var archive = Archive(format, ("./a/b", "one"), (longName, "three"), ("empty", ""));
        var index = TarIndex.Read(archive);
        Assert.Equal("one", Content(archive, index, "a/b"));
        Assert.Equal("three", Content(archive, index, longName));
        Assert.Equal("", Content(archive, index, "empty"));
        Assert.Null(index.Find("a"));
    }

    [Fact]
    public void A_link_inside_means_its_file()
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "x.tar") { DataStream = new MemoryStream("layer"u8.ToArray()) });
            writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "id/layer.tar") { LinkName = "../x.tar" });
        }

        Assert.Equal("layer", Content(archive, TarIndex.Read(archive), "id/layer.tar"));
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    public void Names_that_lead_out_are_refused(string name)
    {
        using var archive = Archive(TarEntryFormat.Ustar, (name, "x"));
        Assert.Contains("leads out of it", Refusal(archive), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("/etc/shadow")]
    public void Links_that_lead_out_are_refused(string target)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "a/b") { LinkName = target });
        }

        Assert.Contains("leads out of it", Refusal(archive), StringComparison.Ordinal);
    }

    [Fact]
    public void What_occurs_twice_is_refused()
    {
        using var archive = Archive(TarEntryFormat.Ustar, ("manifest.json", "[]"), ("./manifest.json", "[1]"));
        Assert.Contains("manifest.json occurs twice", Refusal(archive), StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_are_refused()
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.CharacterDevice, "null"));
        }

        Assert.Contains("neither file, folder nor link", Refusal(archive), StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_cut_anywhere_is_read_in_part_or_refused()
    {
        using var whole = Archive(TarEntryFormat.Pax, ("a", "content of a"), ("b", "content of b"));
        var bytes = whole.ToArray();
        for (var length = 1; length < bytes.Length - 1024; length += 7)
        {
            using var cut = new MemoryStream(bytes, 0, length);
            try
            {
                foreach (var name in TarIndex.Read(cut).Names)
                {
                    Assert.StartsWith("content of ", Content(cut, TarIndex.Read(cut), name), StringComparison.Ordinal);
                }
            }
            catch (CommandException refused)
            {
                Assert.StartsWith("The archive is refused: ", refused.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Any_changed_byte_of_a_header_is_noticed_or_harmless()
    {
        using var whole = Archive(TarEntryFormat.Ustar, ("a", "content of a"));
        var bytes = whole.ToArray();
        for (var i = 0; i < 512; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[i] ^= 0x5A;
            using var archive = new MemoryStream(changed);
            Assert.StartsWith("The archive is refused: ", Refusal(archive), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void More_entries_than_an_image_has_are_refused()
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            for (var i = 0; i <= 20_000; i++)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, $"d{i}/"));
            }
        }

        Assert.Contains("more than 20000 entries", Refusal(archive), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_written_can_be_read_again()
    {
        using var archive = new MemoryStream();
        var tar = new TarOutput(archive);
        await tar.AddAsync("a", "small"u8.ToArray(), CancellationToken.None);
        await tar.AddAsync("b", async to => await to.WriteAsync(new byte[100_000]), CancellationToken.None);
        await tar.EndAsync(CancellationToken.None);
        var index = TarIndex.Read(archive);
        Assert.Equal("small", Content(archive, index, "a"));
        Assert.Equal(100_000, index.Find("b")!.Value.Length);
        archive.Position = 0;
        using var reader = new TarReader(archive);
        Assert.Equal(("a", 5L), (reader.GetNextEntry()!.Name, 5L));
        Assert.Equal(100_000, reader.GetNextEntry()!.Length);
        Assert.Null(reader.GetNextEntry());
    }

    [Theory]
    [InlineData("app", "app", null)]
    [InlineData("team/app:v1", "team/app", "v1")]
    [InlineData("127.0.0.1:4566/app:v1", "app", "v1")]
    [InlineData("000000000000.dkr.ecr.us-east-1.localhost:4566/team/app", "team/app", null)]
    public void Names_are_taken_apart(string text, string repository, string? tag)
    {
        var name = ImageName.Parse(text);
        Assert.Equal((repository, tag, null), (name.Repository, name.Tag, name.Digest));
        var digest = "sha256:" + new string('a', 64);
        Assert.Equal((repository, digest), (ImageName.Parse($"{text}@{digest}").Repository, ImageName.Parse($"{text}@{digest}").Reference));
    }

    [Theory]
    [InlineData("")]
    [InlineData("app:")]
    [InlineData("app@sha256:12")]
    [InlineData(":v1")]
    public void Names_that_are_none_are_refused(string text) => Assert.Throws<CommandException>(() => ImageName.Parse(text));

    private static MemoryStream Archive(TarEntryFormat format, params (string Name, string Content)[] files)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, format, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                var type = format == TarEntryFormat.V7 ? TarEntryType.V7RegularFile : TarEntryType.RegularFile;
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(type, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                    _ => new PaxTarEntry(type, name),
                };
                entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
                writer.WriteEntry(entry);
            }
        }

        return archive;
    }

    private static string Refusal(Stream archive) => Assert.Throws<CommandException>(() => TarIndex.Read(archive)).Message;

    private static string Content(Stream archive, TarIndex index, string name)
    {
        var place = index.Find(name)!.Value;
        using var reader = new StreamReader(new SliceStream(archive, place.Offset, place.Length));
        return reader.ReadToEnd();
    }
}
