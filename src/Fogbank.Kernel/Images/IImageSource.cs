namespace Fogbank.Kernel.Images;

/// <summary>
/// Finds container images by the names that task definitions and functions give them. Implemented by the service that keeps the region's
/// registry; engines never see it: who starts a workload resolves its image first.
/// </summary>
public interface IImageSource
{
    /// <summary>
    /// Resolves a name to an image of one platform, and records the pull. Forms: <c>repository[:tag][@sha256:…]</c> behind
    /// <c>account.dkr.ecr.region.amazonaws.com/</c>, the same host under <c>localhost</c> or the base domain, or the region's own address.
    /// May be called at once. Layers are not read: their streams are opened by whoever unpacks them.
    /// </summary>
    /// <param name="name">The name as the client wrote it; a missing tag means <c>latest</c>.</param>
    /// <param name="platform">What runs it; an index without it is <see cref="ImageErrorKind.PlatformNotFound"/>.</param>
    /// <param name="context">On whose behalf; its scope is that of names without account and region.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ImageException">There is no such image here, or it cannot be run.</exception>
    ValueTask<ImageContent> ResolveAsync(string name, ImagePlatform platform, RequestContext context, CancellationToken cancellationToken);
}
