using System.Text;
using Fogbank.Engines;
using Fogbank.Engines.Oci.Images;
using Xunit;

namespace Fogbank.Tests.Unit.Engines.Images;

public sealed class LayerUnpackerTests : IDisposable
{
    private readonly LayerFixture _layer = new();

    public void Dispose() => _layer.Dispose();

    [Fact]
    public void Files_have_content_owner_mode_and_time()
    {
        var unpacked = _layer.Unpack(new TarBytes().Folder("usr/", 0x1c0, 3, 4, 5).File("usr/run", "#!/bin/sh\n", 0xfed, 1000, 70_000, 1).File("usr/empty").End());
        Assert.Equal("#!/bin/sh\n", File.ReadAllText(_layer.At("usr/run")));
        Assert.Equal("7755 1000 70000 1 regular file", _layer.Stat("usr/run"));
        Assert.Equal("644 0 0 1000000000 regular empty file", _layer.Stat("usr/empty"));
        Assert.Equal("700 3 4 5 directory", _layer.Stat("usr"));
        Assert.Equal((3, false), (unpacked.Entries, unpacked.ReplacesRoot));
        Assert.True(unpacked.Bytes is > 8192 and < 16384);
    }

    [Fact]
    public void Root_folder_takes_its_entry()
    {
        _layer.Unpack(new TarBytes().Folder("./", 0x3ff, 7, 8, 9).File("./x").End());
        Assert.Equal("1777 7 8 9 directory", _layer.Stat(""));
    }

    [Fact]
    public void Folders_that_are_not_named_are_made()
    {
        _layer.Unpack(new TarBytes().File("a/b/c/file", "x").File("a/b/other", "y").End());
        Assert.Equal("755 0 0", _layer.Stat("a/b/c", "%a %u %g"));
        Assert.Equal("y", File.ReadAllText(_layer.At("a/b/other")));
    }

    [Fact]
    public void Folder_in_a_set_group_id_folder_belongs_to_whom_the_archive_says()
    {
        _layer.Unpack(new TarBytes().Folder("mail", 0x5ed, 0, 8).Folder("mail/in").File("mail/in/x").File("mail/y").End());
        Assert.Equal("2755 0 8", _layer.Stat("mail", "%a %u %g"));
        Assert.Equal("755 0 0", _layer.Stat("mail/in", "%a %u %g"));
        Assert.Equal("644 0 0", _layer.Stat("mail/y", "%a %u %g"));
    }

    [Fact]
    public void Symbolic_links_stay_as_they_are()
    {
        _layer.Unpack(new TarBytes().Link("abs", "/etc/passwd").Link("up", "../../..").Link("self", "self").End());
        Assert.Equal("/etc/passwd", new FileInfo(_layer.At("abs")).LinkTarget);
        Assert.Equal("../../..", new FileInfo(_layer.At("up")).LinkTarget);
        Assert.Equal("777 0 0 1000000000 symbolic link", _layer.Stat("self"));
    }

    [Fact]
    public void Links_within_the_layer_are_followed()
    {
        _layer.Unpack(new TarBytes().Folder("usr/lib").Link("lib", "usr/lib").File("lib/x", "x").Link("usr/up", "../usr/lib").File("usr/up/y", "y").End());
        Assert.Equal("x", File.ReadAllText(_layer.At("usr/lib/x")));
        Assert.Equal("y", File.ReadAllText(_layer.At("usr/lib/y")));
    }

    [Fact]
    public void Hard_links_share_a_file()
    {
        _layer.Unpack(new TarBytes().File("bin/a", "x").HardLink("bin/b", "bin/a").HardLink("c", "./bin/b").HardLink("c", "bin/a").End());
        Assert.Equal("3", _layer.Stat("c", "%h"));
        Assert.Equal(_layer.Stat("bin/a", "%i"), _layer.Stat("c", "%i"));
    }

    [Fact]
    public void Hard_link_to_a_symbolic_link_does_not_follow_it()
    {
        _layer.Unpack(new TarBytes().Link("l", "/etc/passwd").HardLink("m", "l").End());
        Assert.Equal("/etc/passwd", new FileInfo(_layer.At("m")).LinkTarget);
    }

    [Fact]
    public void Absolute_names_mean_the_layer()
    {
        _layer.Unpack(new TarBytes().File("/fogbank-test/x", "x").HardLink("/y", "/fogbank-test/x").End());
        Assert.Equal("x", File.ReadAllText(_layer.At("fogbank-test/x")));
        Assert.Equal("x", File.ReadAllText(_layer.At("y")));
        Assert.False(Directory.Exists("/fogbank-test"));
    }

    [Fact]
    public void Of_two_with_the_same_name_the_last_one_stays()
    {
        _layer.Unpack(new TarBytes().File("a", "1").File("a", "2").Folder("d").File("d/x", "x").File("d", "now a file")
            .File("e", "file").Folder("e").File("e/y", "y").Link("f", "/etc").File("f", "f").Folder("g", 0x1c0).File("g/z", "z").Folder("g", 0x1ed, 5).End());
        Assert.Equal("2", File.ReadAllText(_layer.At("a")));
        Assert.Equal("now a file", File.ReadAllText(_layer.At("d")));
        Assert.Equal("y", File.ReadAllText(_layer.At("e/y")));
        Assert.Equal("f", File.ReadAllText(_layer.At("f")));
        Assert.Equal("z", File.ReadAllText(_layer.At("g/z")));
        Assert.Equal("755 5", _layer.Stat("g", "%a %u"));
        Assert.Equal([_layer.Content], Directory.GetFileSystemEntries(_layer.Folder)); // what was replaced is gone
    }

    [Fact]
    public void Folder_that_was_a_link_is_not_taken_for_what_the_link_named()
    {
        _layer.Unpack(new TarBytes().Folder("real").Link("x", "real").File("x/one", "1").Folder("x").File("x/two", "2").End());
        Assert.Equal(["one"], new DirectoryInfo(_layer.At("real")).GetFiles().Select(file => file.Name));
        Assert.Equal(["two"], new DirectoryInfo(_layer.At("x")).GetFiles().Select(file => file.Name));
    }

    [Fact]
    public void Fifos_are_made()
    {
        _layer.Unpack(new TarBytes().Node("pipe", '6').Node("pipe", '6').End());
        Assert.Equal("644 0 0 1000000000 fifo", _layer.Stat("pipe"));
    }

    [Fact]
    public void File_capabilities_keep_every_byte()
    {
        byte[] capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]; // cap_net_bind_service=ep
        _layer.Unpack(new TarBytes().Pax(("SCHILY.xattr.security.capability", capability)).File("bin/serve", "x", 0x1ed, 1000).End());
        Assert.Equal(capability, Attributes.Get(_layer.At("bin/serve"), "security.capability"));
    }

    [Fact]
    public void Attributes_of_users_are_kept_and_labels_of_the_other_machine_left_out()
    {
        _layer.Unpack(new TarBytes().Pax(("SCHILY.xattr.user.a=b\nc", [0, 0xff, (byte)'\n']), ("SCHILY.xattr.security.selinux", [1]), ("SCHILY.xattr.com.apple.x", [1]))
            .Folder("d").Pax(("SCHILY.xattr.user.x", [])).File("f").End());
        Assert.Null(Attributes.Get(_layer.At("d"), "security.selinux"));
        Assert.Equal(0, Attributes.Get(_layer.At("f"), "user.x")?.Length);
    }

    [Theory]
    [InlineData("trusted.overlay.redirect")]
    [InlineData("trusted.overlay.opaque")]
    [InlineData("trusted.anything")]
    [InlineData("user.overlay.metacopy")]
    public void Attributes_that_overlay_file_systems_obey_are_refused(string name) =>
        _layer.Refused(new TarBytes().Pax(("SCHILY.xattr." + name, "/"u8.ToArray())).Folder("d").End());

    [Fact]
    public void White_outs_become_what_overlay_takes_for_them()
    {
        var unpacked = _layer.Unpack(new TarBytes().Folder("etc").File("etc/.wh.passwd").File("etc/.wh.passwd").File("var/.wh..wh..opq").File(".wh.tmp").File(".wh..wh.plnk/1").End());
        Assert.Equal("character special file 0 0", _layer.Stat("etc/passwd", "%F %t %T"));
        Assert.Equal("character special file 0 0", _layer.Stat("tmp", "%F %t %T"));
        Assert.Equal("y"u8.ToArray(), Attributes.Get(_layer.At("var"), "trusted.overlay.opaque"));
        Assert.Equal(["etc", "tmp", "var"], Directory.GetFileSystemEntries(_layer.Content).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(unpacked.ReplacesRoot);
        Assert.Empty(Directory.GetFileSystemEntries(_layer.At("var")));
    }

    [Fact]
    public void What_the_same_layer_brings_is_not_deleted_whatever_the_order()
    {
        _layer.Unpack(new TarBytes().File("a/x", "x").File(".wh.a").File(".wh.b").File("b/y", "y").File("c").File(".wh.c").File(".wh.d").Folder("d").File(".wh.e").File("e", "e").End());
        Assert.Equal("x", File.ReadAllText(_layer.At("a/x")));
        Assert.Equal("y", File.ReadAllText(_layer.At("b/y")));
        Assert.Equal("e", File.ReadAllText(_layer.At("e")));
        foreach (var folder in (string[])["a", "b", "d"])
        {
            Assert.Equal("y"u8.ToArray(), Attributes.Get(_layer.At(folder), "trusted.overlay.opaque"));
        }
        Assert.Equal("regular empty file", _layer.Stat("c", "%F"));
    }

    [Fact]
    public void Layer_can_replace_the_whole_root()
    {
        Assert.True(_layer.Unpack(new TarBytes().File(".wh..wh..opq").File("x").End()).ReplacesRoot);
    }

    [Theory]
    [InlineData(".wh.")]
    [InlineData("a/.wh.")]
    [InlineData(".wh..")]
    [InlineData(".wh...")]
    [InlineData("a/.wh.b/c")]
    [InlineData(".wh.b/c")]
    public void White_out_of_nothing_is_refused(string name) => _layer.Refused(new TarBytes().Folder("a").File(name).End());

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    [InlineData("a/..")]
    [InlineData("..")]
    [InlineData("/../evil")]
    public void Names_that_lead_out_are_refused(string name)
    {
        _layer.Refused(new TarBytes().File(name, "x").End());
        Assert.False(File.Exists(Path.Combine(_layer.Folder, "evil")));
    }

    [Fact]
    public void Nothing_is_written_through_a_link_that_leads_out()
    {
        var outside = Directory.CreateDirectory(Path.Combine(_layer.Folder, "outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "victim"), "v");
        string[] targets = [outside, "../outside", "/proc/self/cwd", "/proc/self/root" + outside, "/"];
        foreach (var (target, i) in targets.Select((target, i) => (target, i)))
        {
            var link = $"link{i}";
            Func<TarBytes> start = () => new TarBytes().Link(link, target);
            _layer.Refused(start().File($"{link}/evil", "x").End());
            _layer.Refused(start().File($"{link}/deep/evil", "x").End());
            _layer.Refused(start().Folder($"{link}/evil").End());
            _layer.Refused(start().Link($"{link}/evil", "x").End());
            _layer.Refused(start().HardLink("h", $"{link}/victim").End());
            _layer.Refused(start().File("f").HardLink($"{link}/evil", "f").End());
            _layer.Refused(start().File($"{link}/.wh.victim").End());
            _layer.Refused(start().File($"{link}/.wh..wh..opq").End());
            _layer.Refused(start().Node($"{link}/evil", '6').End());
        }
        Assert.Equal(["victim"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
        Assert.Equal("v", File.ReadAllText(Path.Combine(outside, "victim")));
    }

    [Fact]
    public void File_with_the_name_of_a_link_replaces_the_link()
    {
        var victim = Path.Combine(_layer.Folder, "victim");
        File.WriteAllText(victim, "v");
        _layer.Unpack(new TarBytes().Link("l", victim).File("l", "x", 0x9ff, 5).End());
        Assert.Equal("v", File.ReadAllText(victim));
        Assert.Equal("x", File.ReadAllText(_layer.At("l")));
    }

    [Fact]
    public void Time_of_a_folder_that_became_a_link_is_nobodys()
    {
        var victim = Directory.CreateDirectory(Path.Combine(_layer.Folder, "victim")).FullName;
        Directory.CreateDirectory(Path.Combine(victim, "in"));
        var before = Directory.GetLastWriteTimeUtc(Path.Combine(victim, "in"));
        _layer.Unpack(new TarBytes().Folder("d", time: 1).Folder("d/in", time: 1).Link("d", victim).End());
        Assert.Equal(before, Directory.GetLastWriteTimeUtc(Path.Combine(victim, "in")));
    }

    [Fact]
    public void Hard_links_lead_to_files_of_the_layer_alone()
    {
        _layer.Refused(new TarBytes().HardLink("a", "missing").End());
        _layer.Refused(new TarBytes().HardLink("a", "../../etc/passwd").End());
        _layer.Refused(new TarBytes().HardLink("b", "").End());
        _layer.Refused(new TarBytes().Folder("d").HardLink("c", "d").End());
        _layer.Refused(new TarBytes().File(".wh.gone").HardLink("e", "gone").End());
        _layer.Unpack(new TarBytes().File("self", "x").HardLink("self", "self").End());
        Assert.Equal("x", File.ReadAllText(_layer.At("self")));
    }

    [Theory]
    [InlineData('3')]
    [InlineData('4')]
    public void Devices_are_refused(char type)
    {
        Assert.Contains("device", _layer.Refused(new TarBytes().Node("dev/sda", type).End()).Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(_layer.At("dev/sda")));
    }

    [Fact]
    public void Names_of_any_bytes_are_kept()
    {
        var name = new byte[255];
        for (var i = 0; i < name.Length; i++)
        {
            name[i] = (byte)(i + 1 == '/' ? 'x' : i + 1);
        }
        _layer.Unpack(new TarBytes().Pax(("path", name)).File("short", "x").Pax("path", "ä€😀\r\n\\:*?").File("short", "y").End());
        Assert.Equal("y", File.ReadAllText(_layer.At("ä€😀\r\n\\:*?")));
        var found = LayerFixture.Run("find", _layer.Content, "-type", "f", "-size", "1c", "-printf", "%s\\n");
        Assert.Equal("1\n1\n", found);
    }

    [Fact]
    public void Names_that_cannot_be_a_files_are_refused()
    {
        _layer.Refused(new TarBytes().File("").End());
        _layer.Refused(new TarBytes().Pax("path", new string('x', 256)).File("short").End());
        _layer.Refused(new TarBytes().Pax("path", string.Join('/', Enumerable.Repeat(new string('y', 200), 30))).File("short").End());
        _layer.Refused(new TarBytes().Pax(("path", [(byte)'a', 0, (byte)'b'])).File("short").End());
        _layer.Refused(new TarBytes().Raw(TarBytes.Header("././@LongLink", 'L', 3)).Data([(byte)'a', 0, (byte)'b']).File("short").End());
        _layer.Refused(new TarBytes().Link("l", "").End());
        _layer.Refused(new TarBytes().Pax("linkpath", new string('x', 4096)).Link("l", "x").End());
        Assert.Empty(Directory.GetFileSystemEntries(_layer.Content));
    }

    [Fact]
    public void Depth_is_limited()
    {
        var path = string.Join('/', Enumerable.Repeat("d", 300));
        _layer.Refused(new TarBytes().Pax("path", path).File("short").End(), kind: EngineErrorKind.ArtifactTooLarge);
        _layer.Unpack(new TarBytes().Pax("path", path[..511]).File("short").End());
    }

    [Fact]
    public void Trees_deeper_than_any_path_are_removed()
    {
        var deep = string.Join('/', Enumerable.Repeat("dddddddd", 50));
        TarBytes archive = new();
        for (var i = 0; i < 30; i++)
        {
            // Through the links, each path begins where the one before ended.
            var path = (i == 0 ? "top/" : $"l{i - 1}/") + deep;
            archive.Pax("path", path).Folder("short").Pax("linkpath", path).Link($"l{i}", "short");
        }
        _layer.Unpack(archive.File("top", "a file now").End());
        Assert.Equal("a file now", File.ReadAllText(_layer.At("top")));
        Assert.Equal([_layer.Content], Directory.GetFileSystemEntries(_layer.Folder));
    }

    [Fact]
    public void Attribute_that_fits_on_no_file_is_too_large()
    {
        var archive = new TarBytes().Pax(("SCHILY.xattr.user.large", new byte[60_000])).File("f").End();
        // File systems that take it are none the worse for it.
        if (Record.Exception(() => _layer.Unpack(archive)) is { } error)
        {
            Assert.Equal(EngineErrorKind.ArtifactTooLarge, Assert.IsType<EngineException>(error).Kind);
        }
    }

    [Fact]
    public void File_and_folder_do_not_mix()
    {
        _layer.Refused(new TarBytes().File("a").File("a/b").End());
        _layer.Refused(new TarBytes().Link("dangling", "nowhere").File("dangling/b").End());
    }

    [Fact]
    public void Entries_are_limited()
    {
        LayerLimits limits = new() { MaxEntries = 3 };
        _layer.Unpack(new TarBytes().File("a").File("b").File("a").End(), limits);
        _layer.Refused(new TarBytes().File("a").File("b").File("c").File("d").End(), limits, EngineErrorKind.ArtifactTooLarge);
        Assert.False(File.Exists(_layer.At("d")));
    }

    [Fact]
    public void Bytes_are_limited_before_they_are_written()
    {
        LayerLimits limits = new() { MaxBytes = 1_000_000 };
        _layer.Refused(new TarBytes().File("a", new byte[600_000]).Raw(TarBytes.Header("b", size: 10L << 30)).End(), limits, EngineErrorKind.ArtifactTooLarge);
        Assert.False(File.Exists(_layer.At("b")));
    }

    [Fact]
    public void Holes_count_as_bytes()
    {
        byte[] map = [.. "1\n1000000000000\n0\n"u8];
        var archive = new TarBytes().Pax(("GNU.sparse.major", "1"u8.ToArray()), ("GNU.sparse.minor", "0"u8.ToArray()), ("GNU.sparse.realsize", "1000000000000"u8.ToArray()))
            .Raw(TarBytes.Header("bomb", size: 512)).Data([.. map, .. new byte[512 - map.Length]]).End();
        _layer.Refused(archive, kind: EngineErrorKind.ArtifactTooLarge);
    }

    [Fact]
    public void Paths_of_folders_are_limited_together()
    {
        LayerLimits limits = new() { MaxFolderPathBytes = 1000 };
        TarBytes archive = new();
        for (var i = 0; i < 10; i++)
        {
            archive.Folder($"{i}" + new string('x', 98));
        }
        _layer.Refused(archive.Folder("y").End(), limits, EngineErrorKind.ArtifactTooLarge);
    }

    [Fact]
    public void Broken_archives_are_refused()
    {
        var whole = new TarBytes().File("a", new string('x', 2000)).EndWithoutMark();
        foreach (var length in (int[])[1, 511, 513, 1000, 2400])
        {
            Assert.Contains("in the middle", _layer.Refused(whole[..length]).Message, StringComparison.Ordinal);
        }
        var damaged = (byte[])whole.Clone();
        damaged[3] ^= 1;
        Assert.Contains("checksum", _layer.Refused(damaged).Message, StringComparison.Ordinal);
        _layer.Refused(Encoding.ASCII.GetBytes(new string('x', 1024)));
        _layer.Refused([.. new byte[512], .. whole]);
        _layer.Refused(new TarBytes().Raw(TarBytes.Header("a", 'M')).End());
        _layer.Refused(new TarBytes().Raw(TarBytes.Header("a", '\u00ff')).End());
        _layer.Refused(new TarBytes().Pax("size", "-1").File("a").End());
        _layer.Refused(new TarBytes().Pax("mtime", "yesterday").File("a").End());
        _layer.Refused(new TarBytes().Pax("uid", "4294967295").File("a").End());
        _layer.Refused(new TarBytes().Raw(TarBytes.Header("x", 'x', 9)).Data([.. "99 a=bcd\n"u8]).File("a").End());
        _layer.Refused(new TarBytes().Raw(TarBytes.Header("x", 'x', 9)).Data([.. "3 a=bcde\n"u8]).File("a").End());
        _layer.Refused(new TarBytes().Raw(TarBytes.Header("x", 'x', 2 << 20)).End(), kind: EngineErrorKind.ArtifactTooLarge);
        _layer.Refused(new TarBytes().Pax("a", "b").End());
        TarBytes endless = new();
        for (var i = 0; i < 100; i++)
        {
            endless.Pax("a", "b");
        }
        _layer.Refused(endless.File("a").End());
    }

    [Fact]
    public void Archives_without_end_mark_or_entries_are_taken()
    {
        _layer.Unpack(new TarBytes().File("a", "x").EndWithoutMark());
        _layer.Unpack([]);
        _layer.Unpack(new byte[1024]);
        _layer.Unpack([.. new TarBytes().File("b", "x").End(), .. "garbage behind the end"u8]);
        Assert.True(File.Exists(_layer.At("b")));
    }

    [Fact]
    public void Numbers_in_base_256_and_negative_times_are_read()
    {
        var header = TarBytes.Header("big", '0', 3);
        byte[] user = [0x80, 0, 0, 0, 0x80, 0, 0, 1]; // 2^31 + 1
        user.CopyTo(header, 108);
        header.AsSpan(136, 12).Fill(0xff); // -1
        _layer.Unpack(new TarBytes().Raw(TarBytes.Sealed(header)).Data([1, 2, 3]).Pax("mtime", "-1.25").File("old").End());
        Assert.Equal("2147483649 -1", _layer.Stat("big", "%u %Y"));
        Assert.Equal("1969-12-31 23:59:58.750000000", LayerFixture.Run("env", "TZ=UTC", "stat", "-c", "%y", _layer.At("old"))[..29]);
        var negative = TarBytes.Header("bad", '0', 3);
        negative.AsSpan(124, 12).Fill(0xff);
        _layer.Refused(new TarBytes().Raw(TarBytes.Sealed(negative)).Data([1]).End());
        var huge = TarBytes.Header("bad", '0', 3);
        huge[124] = 0x80;
        huge[125] = 0x7f;
        _layer.Refused(new TarBytes().Raw(TarBytes.Sealed(huge)).Data([1]).End());
    }
}
