using System.Runtime.InteropServices;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Ecs.Domain;
using EngineLayer = Fogbank.Engines.ImageLayer;

namespace Fogbank.Services.Ecs.Runtime;

/// <summary>Finds and pulls the images of tasks.</summary>
internal sealed class TaskImages(IImageSource source, EngineSet engines, IIdSource ids, RegionAddress address)
{
    /// <summary>The image of a container; once it was pulled, the one that its digest names.</summary>
    /// <exception cref="TaskFailure">It cannot be had.</exception>
    internal async ValueTask<ImageContent> ResolveAsync(TaskRecord task, ContainerRecord container, Principal? principal, CancellationToken cancellationToken)
    {
        var context = new RequestContext
        {
            Scope = task.Scope,
            Principal = principal ?? Principal.Service(EcsModule.TaskPrincipal, task.AccountId, task.Arn),
            RequestId = ids.NewUuid(),
            Endpoint = address.Advertised,
        };
        try
        {
            return await source.ResolveAsync(Pinned(container), Platform(), context, cancellationToken);
        }
        catch (ImageException missing)
        {
            throw new TaskFailure(PullError(container.Image, missing), missing);
        }
    }

    /// <summary>Brings an image's layers to the engine.</summary>
    internal async ValueTask PullAsync(ContainerRecord container, ImageContent image, CancellationToken cancellationToken)
    {
        try
        {
            await engines.Images.PrepareAsync(RootOf(image), cancellationToken);
        }
        catch (ImageException damaged)
        {
            throw new TaskFailure(PullError(container.Image, damaged), damaged);
        }
        catch (EngineException missing) when (missing.Kind is EngineErrorKind.Unsupported)
        {
            // Nothing is wrong with the image: this machine lacks what runs it.
            throw new TaskFailure($"ResourceInitializationError: images cannot run here: {missing.Message}", missing);
        }
        catch (EngineException failed) when (failed.Kind is not EngineErrorKind.Unavailable)
        {
            throw new TaskFailure(
                failed.Kind == EngineErrorKind.ResourceExhausted
                    ? $"CannotPullContainerError: failed to register layer: {failed.Message}: no space left on device"
                    : $"CannotPullContainerError: failed to register layer of {container.Image}: {failed.Message}",
                failed);
        }
    }

    internal static ImageRoot RootOf(ImageContent image) => new()
    {
        Layers =
        [
            .. image.Layers.Select(layer => new EngineLayer
            {
                Digest = Hex(layer.Digest),
                DiffId = Hex(layer.DiffId),
                Compression = layer.MediaType.EndsWith("zstd", StringComparison.Ordinal) ? LayerCompression.Zstandard
                    : layer.MediaType.EndsWith("gzip", StringComparison.Ordinal) ? LayerCompression.Gzip
                    : LayerCompression.None,
                SizeBytes = layer.SizeBytes,
                OpenAsync = layer.OpenAsync,
            }),
        ],
    };

    /// <summary>What AWS's agent says of a pull that failed.</summary>
    internal static string PullError(string image, ImageException error) => "CannotPullContainerError: " + error.Kind switch
    {
        ImageErrorKind.RepositoryNotFound or ImageErrorKind.ImageNotFound =>
            $"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {image}: not found",
        ImageErrorKind.AccessDenied =>
            $"pull image manifest has been retried 1 time(s): failed to resolve ref {image}: {error.Message}",
        ImageErrorKind.PlatformNotFound => $"image Manifest does not contain descriptor matching platform '{Platform()}'",
        ImageErrorKind.InvalidName => $"failed to parse reference {image}: invalid reference format",
        _ => error.Message,
    };

    /// <summary>Definitions name tags; what was pulled for a task stays the same for all of its starts.</summary>
    private static string Pinned(ContainerRecord container)
    {
        if (container.ImageDigest is not { } digest)
        {
            return container.Image;
        }

        var at = container.Image.IndexOf('@', StringComparison.Ordinal);
        var name = at < 0 ? container.Image : container.Image[..at];
        var colon = name.LastIndexOf(':');
        return $"{(colon > name.LastIndexOf('/') ? name[..colon] : name)}@{digest}";
    }

    private static string Hex(string digest) => digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static ImagePlatform Platform() => new("linux", RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64");
}
