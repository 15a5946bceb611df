using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Ecr;

/// <summary>Images go in and out as archives, by Fogbank's own command line.</summary>
public sealed class ImageCommandTests : ClientTest
{
    private readonly string _home = Directory.CreateTempSubdirectory("fogbank-e2e-images-").FullName;

    public ImageCommandTests(SharedRegion region)
        : base(region)
    {
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task A_layout_goes_in_is_listed_and_comes_out_the_same()
    {
        var image = TestImage.Create(Path.Combine(_home, "layout"), "v7", "one", "two");
        var import = await FogbankAsync("image", "import", image.Folder, "team/app");
        Assert.Equal((0, $"Created repository team/app.\nImported team/app:v7@{image.Digest}\n"), (import.ExitCode, import.Output));
        Assert.Contains(image.Digest[..19], (await FogbankAsync("image", "ls")).Output, StringComparison.Ordinal);
        var details = (await AwsAsync("ecr", "describe-images", "--repository-name", "team/app"))["imageDetails"]![0]!;
        Assert.Equal((image.Bytes, "v7"), (details["imageSizeInBytes"]!.GetValue<long>(), details["imageTags"]![0]!.GetValue<string>()));

        var archive = Path.Combine(_home, "out.tar");
        Assert.Equal(0, (await FogbankAsync("image", "export", "team/app:v7", archive)).ExitCode);
        var back = Directory.CreateDirectory(Path.Combine(_home, "back")).FullName;
        await TarFile.ExtractToDirectoryAsync(archive, back, overwriteFiles: false, Cancel);
        foreach (var blob in Directory.GetFiles(Path.Combine(image.Folder, "blobs/sha256")))
        {
            Assert.Equal(await File.ReadAllBytesAsync(blob, Cancel), await File.ReadAllBytesAsync(Path.Combine(back, "blobs/sha256", Path.GetFileName(blob)), Cancel));
        }

        var again = await FogbankAsync("image", "import", archive, "copy:v1");
        Assert.EndsWith($"Imported copy:v1@{image.Digest}\n", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_docker_save_writes_goes_in_and_out()
    {
        ContainerTools.Require("skopeo");
        var image = TestImage.Create(Path.Combine(_home, "layout"), "v1", "one", "two");
        var variables = ContainerTools.Variables(Shared.Process.Address, _home);
        var saved = Path.Combine(_home, "saved.tar");
        await ContainerTools.RunAsync("skopeo", variables, null, Cancel, "copy", $"oci:{image.Folder}:v1", $"docker-archive:{saved}:example.com/team/app:v3");
        var import = await FogbankAsync("image", "import", saved);
        Assert.True(import.ExitCode == 0, import.ToString());
        Assert.StartsWith("Created repository team/app.\nImported team/app:v3@sha256:", import.Output, StringComparison.Ordinal);

        var exported = Path.Combine(_home, "exported.tar");
        var export = await FogbankAsync("image", "export", "team/app:v3", exported, "--format", "docker-archive");
        Assert.True(export.ExitCode == 0, export.ToString());
        string? Layers(string archive) => JsonNode.Parse(ContainerTools.RunAsync("skopeo", variables, null, Cancel, "inspect", "--config", $"docker-archive:{archive}").Result)!["rootfs"]!.ToJsonString();
        Assert.Equal(Layers(saved), Layers(exported));
        Assert.DoesNotContain(Directory.GetFiles(_home), file => file.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Archives_that_do_not_mean_well_bring_nothing_in()
    {
        var image = TestImage.Create(Path.Combine(_home, "layout"), "v1", "one");
        var layer = Directory.GetFiles(Path.Combine(image.Folder, "blobs/sha256")).MaxBy(file => new FileInfo(file).Length)!;
        var bytes = await File.ReadAllBytesAsync(layer, Cancel);
        bytes[^20] ^= 1;
        await File.WriteAllBytesAsync(layer, bytes, Cancel);
        await AssertRefusedAsync(image.Folder, "DIGEST_INVALID");

        File.Delete(layer);
        await AssertRefusedAsync(image.Folder, "lacks the blob");
        File.CreateSymbolicLink(layer, "/etc/hostname");
        await AssertRefusedAsync(image.Folder, "is a link");
        await AssertRefusedAsync(await TarAsync(("index.json", "{}"), ("../../evil", "x")), "leads out of it");
        await AssertRefusedAsync(await TarAsync(("index.json", "{}"), ("./index.json", "{}")), "occurs twice");
        await AssertRefusedAsync(await TarAsync(("readme", "x")), "no image archive");
        await AssertRefusedAsync(await TarAsync(("manifest.json", """[{"Config":"../../etc/passwd","Layers":[]}]""")), "lacks ../../etc/passwd");
        var noise = Path.Combine(_home, "noise.tar");
        await File.WriteAllBytesAsync(noise, new byte[5000].Select((_, i) => (byte)(i * 7)).ToArray(), Cancel);
        await AssertRefusedAsync(noise, "no tar archive");
        Assert.Empty((await AwsAsync("ecr", "list-images", "--repository-name", "bad"))["imageIds"]!.AsArray());
    }

    [Fact]
    public async Task What_is_not_there_is_said_and_leaves_no_file()
    {
        var file = Path.Combine(_home, "none.tar");
        var run = await FogbankAsync("image", "export", "nothing:v1", file);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"fogbank: NAME_UNKNOWN: The repository with name 'nothing' does not exist in the registry with id '{Account}'\n", run.Errors);
        Assert.Empty(Directory.GetFiles(_home));
        Assert.Equal(1, (await FogbankAsync("image", "import", file)).ExitCode);
    }

    private async Task AssertRefusedAsync(string archive, string reason)
    {
        var run = await FogbankAsync("image", "import", archive, "bad:v1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
    }

    private async Task<string> TarAsync(params (string Name, string Content)[] files)
    {
        var path = Path.Combine(_home, $"{Guid.CreateVersion7()}.tar");
        await using var stream = File.Create(path);
        await using var writer = new TarWriter(stream, TarEntryFormat.Ustar);
        foreach (var (name, content) in files)
        {
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) }, Cancel);
        }

        return path;
    }
}
