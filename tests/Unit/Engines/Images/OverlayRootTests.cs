using Fogbank.Engines;
using Fogbank.Engines.Linux.Native;
using Fogbank.Engines.Oci.Images;
using Xunit;

namespace Fogbank.Tests.Unit.Engines.Images;

public sealed class OverlayRootTests : IDisposable
{
    private readonly string _folder;

    public OverlayRootTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        _folder = Directory.CreateTempSubdirectory("fogbank-overlay-").FullName;
        Make("upper");
        Make("work");
    }

    public void Dispose() => LayerFixture.Run("rm", "-rf", _folder);

    private string Make(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    private string In(string name) => Path.Combine(_folder, name);

    private string Unpacked(string name, TarBytes archive)
    {
        Make(name + "/fs");
        LayerUnpacker.Unpack(new(new Chunk(archive.End()), long.MaxValue), In(name), new(), TestContext.Current.CancellationToken);
        return In(name + "/fs");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void White_outs_hide_what_lies_below(bool newInterface)
    {
        string[] lowers =
        [
            Unpacked("0", new TarBytes().File("etc/keep", "k").File("etc/gone", "g").File("var/old", "o").File("opt/x", "x").File("same", "0")),
            Unpacked("1", new TarBytes().File("etc/.wh.gone").File("var/.wh..wh..opq").File("var/new", "n").File(".wh.opt").File("same", "1").File(".wh.back")),
            Unpacked("2", new TarBytes().File("opt/y", "y").File("same", "2")),
        ];
        Use(newInterface, lowers, root =>
        {
            Assert.Equal(["keep"], Names(root, "etc"));
            Assert.Equal(["new"], Names(root, "var"));
            Assert.Equal(["y"], Names(root, "opt"));
            Assert.Equal(["etc", "opt", "same", "var"], Names(root, ""));
            Assert.Equal("2", File.ReadAllText(root + "/same"));
            File.WriteAllText(root + "/same", "changed");
            File.Delete(root + "/etc/keep");
            Assert.Empty(Names(root, "etc"));
        });
        Assert.Equal("changed", File.ReadAllText(In("upper/same")));
        Assert.Equal("k", File.ReadAllText(Path.Combine(lowers[0], "etc/keep")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void As_many_layers_as_images_may_have(bool newInterface)
    {
        // The names alone are longer than the page that a mount's options may have.
        var lowers = Enumerable.Range(0, OverlayRoot.MaxLayers).Select(i => Make($"{i}-" + new string('x', 200))).ToArray();
        for (var i = 0; i < lowers.Length; i++)
        {
            File.WriteAllText(Path.Combine(lowers[i], $"file{i}"), "");
            File.WriteAllText(Path.Combine(lowers[i], "same"), $"{i}");
        }
        Use(newInterface, lowers, root =>
        {
            Assert.Equal(OverlayRoot.MaxLayers + 1, Names(root, "").Length);
            Assert.Equal($"{OverlayRoot.MaxLayers - 1}", File.ReadAllText(root + "/same"));
        });
    }

    [Fact]
    public void Names_that_are_too_long_are_given_by_descriptor()
    {
        var deep = Make(new string('a', 200) + "/" + new string('b', 200) + "/c:d,e\\f");
        File.WriteAllText(Path.Combine(deep, "file"), "x");
        foreach (var newInterface in (bool[])[true, false])
        {
            Use(newInterface, [deep], root => Assert.Equal("x", File.ReadAllText(root + "/file")));
            Directory.Delete(In("work"), recursive: true);
            Make("work");
        }
    }

    [Fact]
    public void Refusals_say_what_is_wrong()
    {
        Assert.Equal(EngineErrorKind.InvalidSpec, Assert.Throws<EngineException>(() => OverlayRoot.Mount([], In("upper"), In("work"), 0, false)).Kind);
        Assert.Contains("missing", Assert.Throws<EngineException>(() => OverlayRoot.Mount([In("missing")], In("upper"), In("work"), 0, false)).Message, StringComparison.Ordinal);
    }

    private void Use(bool newInterface, string[] lowers, Action<string> use)
    {
        var mount = newInterface ? OverlayRoot.Mount(lowers, In("upper"), In("work"), Const.MountAttrNoDev, isVolatile: false)
            : OverlayRoot.MountWithOptions(lowers, In("upper"), In("work"), Const.MountAttrNoDev, isVolatile: false);
        try
        {
            use($"/proc/self/fd/{mount}");
        }
        finally
        {
            _ = Libc.Close(mount);
        }
        Assert.DoesNotContain(_folder, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    private static string[] Names(string root, string folder) =>
        [.. Directory.GetFileSystemEntries($"{root}/{folder}").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private sealed class Chunk(byte[] bytes) : IChunkSource
    {
        private int _given;

        public ReadOnlyMemory<byte> Next() => _given++ == 0 ? bytes : default;
    }
}
