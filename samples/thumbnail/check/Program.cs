using SkiaSharp;

// Check PICTURE THUMBNAIL: decodes both to the last pixel and compares their proportions. Exit code 1 where they do not fit.
var (picture, original) = Decode(args[0]);
var (thumbnail, small) = Decode(args[1]);
Console.WriteLine($"{original.Width}x{original.Height} ({picture} bytes) became {small.Width}x{small.Height} ({thumbnail} bytes)");

// The longer side is 320; the other follows, to the pixel. EXIF may have turned the picture, so sides are compared by length.
var expected = Math.Round(320.0 * Math.Min(original.Width, original.Height) / Math.Max(original.Width, original.Height));
if (Math.Max(small.Width, small.Height) != 320 || Math.Abs(Math.Min(small.Width, small.Height) - expected) > 1)
{
    Console.Error.WriteLine($"The proportions are wrong: 320 by {expected} was expected.");
    return 1;
}

return 0;

static (long Bytes, SKSizeI Size) Decode(string path)
{
    using var codec = SKCodec.Create(path) ?? throw new InvalidDataException($"{path} is no picture.");
    using var pixels = new SKBitmap(codec.Info);
    if (codec.GetPixels(pixels.Info, pixels.GetPixels()) != SKCodecResult.Success)
    {
        throw new InvalidDataException($"{path} is damaged.");
    }

    return (new FileInfo(path).Length, codec.Info.Size);
}
