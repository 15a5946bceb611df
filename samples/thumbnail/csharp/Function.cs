using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using SkiaSharp;

namespace Thumbnail;

/// <summary>Makes a thumbnail of every picture that an S3 event names. Handler: <c>Thumbnail::Thumbnail.Function::Handle</c>.</summary>
public sealed class Function
{
    private const int LongSide = 320;

    private static readonly string s_prefix = Environment.GetEnvironmentVariable("TARGET_PREFIX") ?? "thumbnails/";
    private static readonly string? s_bucket = Environment.GetEnvironmentVariable("TARGET_BUCKET");

    // One client for the life of the environment; AWS_ENDPOINT_URL says where S3 is, and path-style needs no host names.
    private readonly AmazonS3Client _s3 = new(new AmazonS3Config
    {
        ServiceURL = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL"),
        AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? "us-east-1",
        ForcePathStyle = true,
    });

    public async Task<Stream> Handle(Stream input)
    {
        using var record = await JsonDocument.ParseAsync(input);
        var made = new List<object>();
        foreach (var entry in record.RootElement.GetProperty("Records").EnumerateArray())
        {
            var s3 = entry.GetProperty("s3");
            var bucket = s3.GetProperty("bucket").GetProperty("name").GetString()!;
            // Keys in events are form-encoded: a plus sign is a space.
            var key = Uri.UnescapeDataString(s3.GetProperty("object").GetProperty("key").GetString()!.Replace('+', ' '));
            if (key.StartsWith(s_prefix, StringComparison.Ordinal))
            {
                continue; // our own work, in a bucket that notifies about all of its objects
            }

            made.Add(await MakeAsync(bucket, key));
        }

        return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(made));
    }

    private async Task<object> MakeAsync(string bucket, string key)
    {
        byte[] picture;
        using (var answer = await _s3.GetObjectAsync(bucket, key))
        using (var copy = new MemoryStream())
        {
            await answer.ResponseStream.CopyToAsync(copy);
            picture = copy.ToArray();
        }

        var (jpeg, before, after) = Scale(picture);
        var target = s_prefix + Path.GetFileName(key);
        await _s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = s_bucket ?? bucket,
            Key = target,
            ContentType = "image/jpeg",
            InputStream = new MemoryStream(jpeg),
        });
        Console.WriteLine($"{bucket}/{key} {before.Width}x{before.Height} ({picture.Length} bytes) -> {target} {after.Width}x{after.Height} ({jpeg.Length} bytes)");
        return new { bucket = s_bucket ?? bucket, key = target, width = after.Width, height = after.Height };
    }

    private static (byte[] Jpeg, SKSizeI Before, SKSizeI After) Scale(byte[] picture)
    {
        using var data = SKData.CreateCopy(picture);
        using var codec = SKCodec.Create(data) ?? throw new InvalidDataException("This is not a picture in a known format.");
        var full = codec.Info.Size;
        var share = Math.Min(1.0, (double)LongSide / Math.Max(full.Width, full.Height));
        var small = new SKSizeI(Math.Max(1, (int)Math.Round(full.Width * share)), Math.Max(1, (int)Math.Round(full.Height * share)));

        // A JPEG decoder can skip most of the work for an eighth, a quarter or half of the size.
        var decoded = codec.GetScaledDimensions((float)share);
        if (decoded.Width < small.Width || decoded.Height < small.Height)
        {
            decoded = full;
        }

        using var bitmap = new SKBitmap(new SKImageInfo(decoded.Width, decoded.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) is not (SKCodecResult.Success or SKCodecResult.IncompleteInput))
        {
            throw new InvalidDataException("This picture cannot be decoded.");
        }

        var turned = codec.EncodedOrigin >= SKEncodedOrigin.LeftTop; // the second four swap width and height
        var size = turned ? new SKSizeI(small.Height, small.Width) : small;
        using var surface = SKSurface.Create(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.SetMatrix(Upright(codec.EncodedOrigin, small));
        using (var image = SKImage.FromBitmap(bitmap))
        {
            surface.Canvas.DrawImage(image, new SKRect(0, 0, small.Width, small.Height), new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
        }

        using var snapshot = surface.Snapshot();
        using var jpeg = snapshot.Encode(SKEncodedImageFormat.Jpeg, 85);
        return (jpeg.ToArray(), turned ? new SKSizeI(full.Height, full.Width) : full, size);
    }

    /// <summary>What turns the stored picture, drawn at <paramref name="size"/>, into how the camera was held (EXIF orientation).</summary>
    private static SKMatrix Upright(SKEncodedOrigin origin, SKSizeI size)
    {
        float width = size.Width, height = size.Height;
        return origin switch
        {
            SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
            SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
            SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightTop => new SKMatrix(0, -1, height, 1, 0, 0, 0, 0, 1),
            SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, height, -1, 0, width, 0, 0, 1),
            SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, width, 0, 0, 1),
            _ => SKMatrix.Identity,
        };
    }
}
