using System.Text;
using CsCheck;
using Xunit;

namespace Fogbank.Tests.Unit.Engines.Images;

/// <summary>Trees of all sorts, packed by GNU tar in each of its formats, come out as they went in.</summary>
public sealed class GnuTarTests : IDisposable
{
    private readonly LayerFixture _layer = new();

    public void Dispose() => _layer.Dispose();

    private enum Kind
    {
        File, Folder, SymbolicLink, HardLink, Sparse, Fifo,
    }

    private sealed record Node(Kind Kind, string Name, int Parent, int Mode, int Owner, int Time, int Size);

    private static readonly Gen<string> s_name = Gen.OneOf(
        Gen.String[Gen.Char["abcXYZ019-_ .é€\n\\*"], 1, 12], Gen.Int[90, 120].Select(length => new string('n', length)), Gen.Const(new string('m', 255)));

    private static readonly Gen<Node> s_node = Gen.Select(
        Gen.Enum<Kind>(), s_name, Gen.Int[0, 1000], Gen.Int[0, 0xfff], Gen.OneOf(Gen.Const(0), Gen.Int[0, 3_000_000]), Gen.Int[0, 2_000_000_000],
        Gen.OneOf(Gen.Int[0, 3], Gen.Int[500, 520], Gen.Int[0, 300_000]), (kind, name, parent, mode, owner, time, size) => new Node(kind, name, parent, mode, owner, time, size));

    [Fact]
    public void Trees_survive_every_format() =>
        Gen.Select(Gen.OneOf(new[] { "v7", "ustar", "gnu", "oldgnu", "pax" }.Select(value => Gen.Const(value)).ToArray()), s_node.List[1, 25], Gen.Bool, Gen.OneOf(new[] { "0.0", "0.1", "1.0" }.Select(value => Gen.Const(value)).ToArray())).Sample((format, nodes, sparse, form) =>
        {
            var root = Path.Combine(_layer.Folder, "tree");
            LayerFixture.Run("rm", "-rf", root, _layer.Content, Path.Combine(_layer.Folder, "a.tar"));
            Directory.CreateDirectory(_layer.Content);
            // The old formats have neither long names nor large owners; tar says so and leaves the file out.
            Build(root, nodes, old: format is "v7" or "ustar");
            List<string> arguments = ["--format=" + format, "--numeric-owner", "--sort=name", "-C", root, "-cf", Path.Combine(_layer.Folder, "a.tar")];
            arguments.AddRange(sparse && format is "gnu" or "oldgnu" or "pax" ? format == "pax" ? ["-S", "--sparse-version=" + form] : ["-S"] : []);
            LayerFixture.Run("tar", [.. arguments, "."]);
            _layer.Unpack(File.ReadAllBytes(Path.Combine(_layer.Folder, "a.tar")));
            Assert.Equal(Describe(root), Describe(_layer.Content));
        }, iter: 20, threads: 1);

    private static void Build(string root, List<Node> nodes, bool old)
    {
        Directory.CreateDirectory(root);
        List<string> folders = [root];
        List<string> files = [];
        StringBuilder script = new();
        foreach (var node in nodes)
        {
            var name = node.Name is "." or ".." || node.Name.StartsWith(".wh.", StringComparison.Ordinal) ? "dots" : node.Name;
            var path = Path.Combine(folders[node.Parent % folders.Count], old ? new(name.Where(char.IsAscii).Take(8).Append('x').ToArray()) : name);
            if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null || path.Length - root.Length > (old ? 90 : 3000))
            {
                continue;
            }
            switch (node.Kind)
            {
                case Kind.Folder:
                    Directory.CreateDirectory(path);
                    folders.Add(path);
                    break;
                case Kind.SymbolicLink:
                    File.CreateSymbolicLink(path, old ? "../x" : "../" + string.Concat(Enumerable.Repeat(node.Name + "/", (node.Size % 10) + 1)));
                    continue;
                case Kind.HardLink when files.Count > 0:
                    LayerFixture.Run("ln", "--", files[node.Parent % files.Count], path);
                    continue;
                case Kind.Sparse:
                    using (FileStream file = new(path, FileMode.CreateNew))
                    {
                        for (var i = 1; i <= node.Size % 30; i++)
                        {
                            file.Seek(i * 100_000, SeekOrigin.Begin);
                            file.WriteByte((byte)i);
                        }
                        file.SetLength(5_000_000 + node.Size);
                    }
                    files.Add(path);
                    break;
                case Kind.Fifo when !old:
                    LayerFixture.Run("mkfifo", "--", path);
                    break;
                default:
                    File.WriteAllBytes(path, [.. Enumerable.Range(0, node.Size).Select(i => (byte)(i * 7))]);
                    files.Add(path);
                    break;
            }
            var owner = old ? node.Owner % 100_000 : node.Owner;
            LayerFixture.Run("chown", $"{owner}:{owner / 2}", "--", path);
            LayerFixture.Run("chmod", Convert.ToString(node.Mode, 8).PadLeft(5, '0'), "--", path);
            LayerFixture.Run("touch", "-d", $"@{node.Time}{(old ? "" : "." + node.Size)}", "--", path);
        }
    }

    /// <summary>Everything but what the archive does not have: times of folders change while they are filled, fractions exist in pax alone.</summary>
    private static string Describe(string root)
    {
        var list = LayerFixture.Run("find", root, "-mindepth", "1", "-printf", "%P|%y|%m|%U|%G|%s|%n|%l\\0");
        var files = list.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Contains("|d|", StringComparison.Ordinal)
            ? string.Join('|', line.Split('|').Where((_, i) => i is not (5 or 6))) : line).Order(StringComparer.Ordinal);
        var times = LayerFixture.Run("find", root, "-mindepth", "1", "(", "-type", "f", "-o", "-type", "p", ")", "-printf", "%P|%T@\\0").Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[..line.LastIndexOf('.')]).Order(StringComparer.Ordinal);
        var sums = LayerFixture.Run("sh", "-c", "cd \"$1\" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum -z", "sh", root);
        return string.Join('\n', files) + "\n" + string.Join('\n', times) + "\n" + sums;
    }

    [Theory]
    [InlineData("gnu", null)]
    [InlineData("pax", "0.0")]
    [InlineData("pax", "0.1")]
    [InlineData("pax", "1.0")]
    public void Holes_stay_holes(string format, string? form)
    {
        var source = Directory.CreateDirectory(Path.Combine(_layer.Folder, "tree")).FullName;
        using (FileStream file = new(Path.Combine(source, "sparse"), FileMode.CreateNew))
        {
            for (var i = 0; i < 60; i++)
            {
                file.Seek(i * 8_000_000L, SeekOrigin.Begin);
                file.WriteByte(1);
            }
            file.SetLength(1_000_000_000);
        }
        var archive = Path.Combine(_layer.Folder, "a.tar");
        LayerFixture.Run("tar", ["--format=" + format, "-S", .. form is null ? (string[])[] : ["--sparse-version=" + form], "-C", source, "-cf", archive, "."]);
        _layer.Unpack(File.ReadAllBytes(archive));
        LayerFixture.Run("cmp", Path.Combine(source, "sparse"), _layer.At("sparse"));
        Assert.True(int.Parse(_layer.Stat("sparse", "%b"), System.Globalization.CultureInfo.InvariantCulture) < 2000);
    }

    [Fact]
    public void Capabilities_and_attributes_that_tar_packed_survive()
    {
        var source = Directory.CreateDirectory(Path.Combine(_layer.Folder, "tree")).FullName;
        var file = Path.Combine(source, "ping");
        File.WriteAllText(file, "x");
        LayerFixture.Run("setcap", "cap_net_raw+ep", file);
        var archive = Path.Combine(_layer.Folder, "a.tar");
        LayerFixture.Run("tar", "--format=pax", "--xattrs", "--xattrs-include=*", "-C", source, "-cf", archive, ".");
        _layer.Unpack(File.ReadAllBytes(archive));
        Assert.NotNull(Attributes.Get(file, "security.capability"));
        Assert.Equal(Attributes.Get(file, "security.capability"), Attributes.Get(_layer.At("ping"), "security.capability"));
    }
}
