using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fogbank.Tests.EndToEnd.Harness;
using Fogbank.Tests.Kits.Images;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>Tasks whose image is not there or is no good fail with AWS's reasons, and leave nothing.</summary>
public sealed class BadImageTests(ContainerRegion region) : ContainerTest(region)
{
    [Fact]
    public async Task Tag_that_does_not_exist() => await FailsAsync(
        "small:none", "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref small:none: small:none: not found");

    [Fact]
    public async Task Repository_that_does_not_exist()
    {
        var image = $"{ContainerRegion.Account}.dkr.ecr.us-east-1.amazonaws.com/nowhere:latest";
        await FailsAsync(image, $"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found");
    }

    [Fact]
    public async Task Index_without_this_platform()
    {
        var image = await Region.PushAsync([LayoutLayer.Of(RootFiles.Busybox)], inIndexFor: "s390x");
        await FailsAsync(image, $"CannotPullContainerError: image Manifest does not contain descriptor matching platform 'linux/{LayoutImage.MachineArchitecture}'");
    }

    [Fact]
    public async Task Layer_that_is_no_archive()
    {
        var image = await Region.PushAsync([new(Encoding.UTF8.GetBytes("this is not a layer"), TestImage.DigestOf([1]))]);
        await FailsAsync(image, "CannotPullContainerError: failed to register layer");
    }

    [Fact]
    public async Task Layer_that_is_cut_off()
    {
        var whole = LayoutLayer.Of(RootFiles.Busybox);
        var image = await Region.PushAsync([whole with { Bytes = whole.Bytes[..(whole.Bytes.Length / 2)] }]);
        await FailsAsync(image, "CannotPullContainerError: failed to register layer");
    }

    [Fact]
    public async Task Layer_that_is_not_what_the_configuration_says()
    {
        var image = await Region.PushAsync([LayoutLayer.Of(RootFiles.Busybox) with { DiffId = TestImage.DigestOf([2]) }]);
        await FailsAsync(image, "CannotPullContainerError: failed to register layer");
    }

    [Fact]
    public async Task Layer_that_reaches_out_of_its_root()
    {
        var outside = "/tmp/fogbank-escaped-" + Unique();
        var image = await Region.PushAsync([LayoutLayer.Of(RootFiles.Busybox), LayoutLayer.Of(tar =>
        {
            RootFiles.Link(tar, "way", "/tmp");
            RootFiles.Text(tar, "way/" + Path.GetFileName(outside), "out");
            RootFiles.Text(tar, "../../../../../../../.." + outside, "out");
        })]);
        var ended = await RunAsync(new JsonObject { ["image"] = image, ["command"] = new JsonArray("/bin/sh", "-c", "true") });
        Assert.False(File.Exists(outside), ended.ToString());
        Assert.Equal("TaskFailedToStart", ended.StopCode);
        Assert.StartsWith("CannotPullContainerError: failed to register layer", ended.StoppedReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blob_that_was_damaged_on_disk()
    {
        var layer = LayoutLayer.Of(tar => RootFiles.Text(tar, "unique", Convert.ToBase64String(RandomNumberGenerator.GetBytes(4 << 20))));
        var image = await Region.PushAsync([LayoutLayer.Of(RootFiles.Busybox), layer]);
        var data = (await Region.RegionAsync()).DataDirectory;
        var digest = TestImage.DigestOf(layer.Bytes)[7..];
        var blob = Assert.Single(Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories), file => file.EndsWith(digest, StringComparison.Ordinal) || SameBytes(file, layer.Bytes));
        var damaged = layer.Bytes.ToArray();
        damaged[damaged.Length / 2] ^= 0xff;
        await File.WriteAllBytesAsync(blob, damaged, Cancel);
        await FailsAsync(image, "CannotPullContainerError: ");
    }

    private static string Unique() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static bool SameBytes(string file, byte[] bytes) => new FileInfo(file) is { Exists: true } info && info.Length == bytes.Length && File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes);

    private async Task FailsAsync(string image, string reason)
    {
        var ended = await RunAsync(new JsonObject { ["image"] = image, ["command"] = new JsonArray("/bin/sh", "-c", "true") });
        Assert.Equal("TaskFailedToStart", ended.StopCode);
        Assert.StartsWith(reason, ended.StoppedReason, StringComparison.Ordinal);
        Assert.Null(ended.ExitCode);
        Assert.Empty(ended.Lines);
    }
}
