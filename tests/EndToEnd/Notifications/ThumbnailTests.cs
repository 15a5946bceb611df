using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Notifications;

/// <summary>The thumbnail sample in its three languages: a picture of six megapixels goes in, its thumbnail comes out.</summary>
public class ThumbnailTests(SharedRegion region) : NotificationTest(region)
{
    private const string MakePicture =
        """
        import sys
        from PIL import Image
        picture = Image.radial_gradient('L').resize((3000, 2000))
        picture = Image.merge('RGB', (picture, picture.rotate(90, expand=True).resize((3000, 2000)), Image.effect_noise((3000, 2000), 90)))
        exif = Image.Exif()
        exif[0x112] = 6  # the camera was held upright: to be turned by 90 degrees
        picture.save(sys.argv[1], 'JPEG', quality=95, exif=exif)
        """;

    private const string Measure =
        """
        import sys
        from PIL import Image
        picture = Image.open(sys.argv[1])
        picture.load()
        print(picture.format, picture.width, picture.height)
        """;

    [Fact]
    public async Task Python_sample_makes_a_thumbnail()
    {
        var name = await CreateAsync("python3.11", "app.handler", await BuildAsync("python"), 30, 512);
        await MakeThumbnailAsync(name);
    }

    [Fact]
    public async Task Node_sample_makes_a_thumbnail()
    {
        var name = await CreateAsync("nodejs20.x", "index.handler", await BuildAsync("node"), 30, 1024);
        await MakeThumbnailAsync(name);
    }

    [Fact]
    public async Task Csharp_sample_makes_a_thumbnail()
    {
        var name = await CreateAsync("dotnet10", "Thumbnail::Thumbnail.Function::Handle", await BuildAsync("csharp"), 30, 1024);
        await MakeThumbnailAsync(name);
    }

    private static async Task<byte[]> BuildAsync(string language)
    {
        var zip = Path.Combine(Path.GetTempPath(), $"fogbank-e2e-{Guid.NewGuid():N}.zip");
        var run = await ProgramRun.StartAsync("/bin/sh", [Repository.Of($"samples/thumbnail/{language}/build.sh"), zip], null, null, Cancel);
        Assert.True(run.ExitCode == 0, run.ToString());
        try
        {
            return await File.ReadAllBytesAsync(zip, Cancel);
        }
        finally
        {
            File.Delete(zip);
        }
    }

    private async Task MakeThumbnailAsync(string function)
    {
        var folder = Directory.CreateTempSubdirectory("fogbank-e2e-thumb-").FullName;
        try
        {
            await CreateBucketAsync();
            await AllowAsync(function);
            await NotifyAsync(await ArnAsync(function), ["s3:ObjectCreated:*"], prefix: "photos/");
            await PythonAsync(MakePicture, $"{folder}/big.jpg");
            await AwsTextAsync("s3", "cp", $"{folder}/big.jpg", $"s3://{Bucket}/photos/big one.jpg", "--no-progress");
            await File.WriteAllBytesAsync($"{folder}/small.jpg", await ObjectAsync("thumbnails/big one.jpg", TimeSpan.FromSeconds(60)), Cancel);
            Assert.Equal("JPEG 213 320", (await PythonAsync(Measure, $"{folder}/small.jpg")).Trim());
            await WaitForLogAsync(function, "REPORT");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> PythonAsync(string source, string path)
    {
        var run = await ProgramRun.StartAsync("/usr/bin/python3", ["-c", source, path], null, null, Cancel);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.Output;
    }
}
