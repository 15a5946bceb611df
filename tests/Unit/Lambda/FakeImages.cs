using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;

namespace Fogbank.Tests.Unit.Lambda;

/// <summary>A registry of the test's own: names and the images behind them.</summary>
internal sealed class FakeImages : IImageSource
{
    internal const string Registry = "000000000000.dkr.ecr.us-east-1.amazonaws.com";

    private readonly ConcurrentDictionary<string, ImageContent> _images = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImageErrorKind> _refused = new(StringComparer.Ordinal);

    /// <summary>Names that were asked for, in order.</summary>
    internal ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Pushes an image under a tag; returns its digest.</summary>
    internal string Push(string tag, ImageConfiguration configuration, bool isIndex = false)
    {
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tag} {_images.Count}")))}";
        var image = new ImageContent
        {
            Digest = digest,
            ManifestDigest = isIndex ? $"sha256:{new string('1', 64)}" : digest,
            RegistryId = "000000000000",
            Repository = "app",
            Configuration = configuration,
            Layers = [],
        };
        _images[$"{Registry}/app:{tag}"] = image;
        _images[$"{Registry}/app@{digest}"] = image;
        return digest;
    }

    /// <summary>From now on a name meets an error; null: not any more.</summary>
    internal void Refuse(string name, ImageErrorKind? kind)
    {
        if (kind is { } error)
        {
            _refused[name] = error;
        }
        else
        {
            _refused.TryRemove(name, out _);
        }
    }

    public ValueTask<ImageContent> ResolveAsync(string name, ImagePlatform platform, RequestContext context, CancellationToken cancellationToken)
    {
        Asked.Enqueue(name);
        return _refused.TryGetValue(name, out var kind) ? throw new ImageException(kind, $"{name}: {kind}")
            : _images.TryGetValue(name, out var image) ? new(image)
            : throw new ImageException(ImageErrorKind.ImageNotFound, $"{name}: not found");
    }
}
