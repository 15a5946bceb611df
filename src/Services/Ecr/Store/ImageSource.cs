using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>Images for those who run them: found by name, of one platform, checked to be whole.</summary>
internal sealed class ImageSource(EcrStore store, PullTimes pulls, IAuthorizer authorizer, RegionOptions region, RegionAddress address) : IImageSource
{
    public async ValueTask<ImageContent> ResolveAsync(
        string name, ImagePlatform platform, RequestContext context, CancellationToken cancellationToken)
    {
        var parsed = ImageName.TryParse(name, out var image)
            ? image
            : throw new ImageException(ImageErrorKind.InvalidName, $"invalid reference format: '{name}' is not the name of an image");
        var key = new RepositoryKey(ScopeOf(parsed, name, context), parsed.Repository);
        await DemandAsync(key, context, cancellationToken);
        var named = await FindAsync(key, parsed.Reference, name, cancellationToken);
        var (manifest, facts) = await ReadAsync(key, named, cancellationToken);
        if (facts.IsIndex)
        {
            (manifest, facts) = await PickAsync(key, facts, platform, name, cancellationToken);
        }

        var content = await BuildAsync(key, named, manifest, facts, platform, name, cancellationToken);
        await pulls.RecordAsync(key, named, cancellationToken);
        if (manifest.Digest != named.Digest)
        {
            await pulls.RecordAsync(key, manifest, cancellationToken);
        }

        return content;
    }

    private Scope ScopeOf(ImageName image, string name, RequestContext context)
    {
        if (image.Registry is { } registry)
        {
            return registry;
        }

        if (image.Host is null)
        {
            return context.Scope;
        }

        // The region's own address: what is pushed there is the default account's.
        return image.Host is "localhost" or "127.0.0.1" or "[::1]" or "host.docker.internal" || image.Host == address.Advertised.Host
            ? new Scope(region.DefaultAccountId, region.DefaultRegion)
            : throw new ImageException(
                ImageErrorKind.ForeignRegistry,
                $"'{name}' names the registry {image.Host}, and this region pulls from its own only: push the image to {address.Advertised.Authority} and name it by that");
    }

    private async ValueTask DemandAsync(RepositoryKey key, RequestContext context, CancellationToken cancellationToken)
    {
        var pull = new BatchGetImageRequest { RepositoryName = key.Name, RegistryId = key.RegistryId, ImageIds = [] };
        try
        {
            if (context.AccountId != key.RegistryId)
            {
                throw new ImageException(
                    ImageErrorKind.AccessDenied,
                    $"User: {context.Principal.Arn} is not authorized to perform: ecr:BatchGetImage on resource: {key.Arn} because no resource-based policy allows the ecr:BatchGetImage action");
            }

            await authorizer.AuthorizeAsync(EcrOperations.BatchGetImage.Schema, pull, context with { Scope = key.Scope }, cancellationToken);
        }
        catch (AwsException denied) when (denied.Code.Status is >= 400 and < 500)
        {
            throw new ImageException(ImageErrorKind.AccessDenied, denied.Message, denied);
        }
    }

    private async ValueTask<ImageRecord> FindAsync(RepositoryKey key, string reference, string name, CancellationToken cancellationToken)
    {
        var digest = ContentDigest.IsSupported(reference) ? reference : (await store.FindTagAsync(key, reference, cancellationToken))?.Digest;
        if (digest is not null && await store.FindImageAsync(key, digest, cancellationToken) is { } image)
        {
            return image;
        }

        throw await store.FindRepositoryAsync(key, cancellationToken) is null
            ? new ImageException(
                ImageErrorKind.RepositoryNotFound, $"{name}: name unknown: The repository with name '{key.Name}' does not exist in the registry with id '{key.RegistryId}'")
            : new ImageException(ImageErrorKind.ImageNotFound, $"{name}: not found");
    }

    private async ValueTask<(ImageRecord Image, ManifestFacts Facts)> ReadAsync(RepositoryKey key, ImageRecord image, CancellationToken cancellationToken)
    {
        var bytes = await store.ReadManifestAsync(image, cancellationToken);
        return bytes is null
            ? throw new ImageException(ImageErrorKind.ImageNotFound, $"{key.Name}@{image.Digest}: not found")
            : (image, ManifestReader.TryRead(bytes, image.MediaType, out var problem)
                ?? throw new ImageException(ImageErrorKind.Damaged, $"the manifest {image.Digest} cannot be read: {problem}"));
    }

    /// <summary>The first image of an index that is of the platform, as other runtimes pick it.</summary>
    private async ValueTask<(ImageRecord Image, ManifestFacts Facts)> PickAsync(
        RepositoryKey key, ManifestFacts index, ImagePlatform platform, string name, CancellationToken cancellationToken)
    {
        var child = index.Children.FirstOrDefault(child => child.Os == platform.Os && child.Architecture == platform.Architecture)
            ?? throw new ImageException(
                ImageErrorKind.PlatformNotFound, $"image Manifest does not contain descriptor matching platform '{platform}': {name} has {Platforms(index)}");
        if (MediaTypes.IsIndex(child.MediaType))
        {
            throw new ImageException(ImageErrorKind.NotRunnable, $"{name} is an index of indexes, which cannot be run");
        }

        var image = await store.FindImageAsync(key, child.Digest, cancellationToken)
            ?? throw new ImageException(ImageErrorKind.Damaged, $"{name}: the image {child.Digest} of its index is gone");
        return await ReadAsync(key, image, cancellationToken);
    }

    private async ValueTask<ImageContent> BuildAsync(
        RepositoryKey key,
        ImageRecord named,
        ImageRecord manifest,
        ManifestFacts facts,
        ImagePlatform platform,
        string name,
        CancellationToken cancellationToken)
    {
        if (facts.Config is not { MediaType: MediaTypes.OciConfig or MediaTypes.DockerConfig } described)
        {
            throw new ImageException(ImageErrorKind.NotRunnable, $"{name} is an artifact of type {facts.ArtifactType}, not an image that can be run");
        }

        var config = await ReadConfigAsync(key, described, cancellationToken);
        if (config.Platform != platform)
        {
            throw new ImageException(
                ImageErrorKind.PlatformNotFound, $"image Manifest does not contain descriptor matching platform '{platform}': {name} is for {config.Platform}");
        }

        if (config.DiffIds.Count != facts.Layers.Count)
        {
            throw new ImageException(
                ImageErrorKind.Damaged, $"{name}: its configuration names {config.DiffIds.Count} layers and its manifest {facts.Layers.Count}");
        }

        var layers = new List<ImageLayer>(facts.Layers.Count);
        foreach (var (layer, diffId) in facts.Layers.Zip(config.DiffIds))
        {
            layers.Add(await LayerAsync(key, layer, diffId, name, cancellationToken));
        }

        return new ImageContent
        {
            Digest = named.Digest,
            ManifestDigest = manifest.Digest,
            RegistryId = key.RegistryId,
            Repository = key.Name,
            Configuration = config.Configuration,
            Layers = layers,
        };
    }

    private async ValueTask<ImageLayer> LayerAsync(
        RepositoryKey key, ManifestDescriptor layer, string diffId, string name, CancellationToken cancellationToken)
    {
        var link = await store.FindBlobAsync(key, layer.Digest, cancellationToken)
            ?? throw (layer.IsForeign
                ? new ImageException(ImageErrorKind.NotRunnable, $"{name}: its layer {layer.Digest} is one that is not distributed, and was not pushed")
                : new ImageException(ImageErrorKind.Damaged, $"{name}: its layer {layer.Digest} is gone"));
        var blob = new BlobId(link.Blob);
        return new ImageLayer
        {
            Digest = layer.Digest,
            DiffId = diffId,
            MediaType = layer.MediaType,
            SizeBytes = link.SizeBytes,
            OpenAsync = async cancellation => await store.Blobs.OpenReadAsync(blob, 0, null, cancellation)
                ?? throw new ImageException(ImageErrorKind.Damaged, $"{name}: its layer {layer.Digest} is gone"),
        };
    }

    private async ValueTask<ImageConfig> ReadConfigAsync(RepositoryKey key, ManifestDescriptor described, CancellationToken cancellationToken)
    {
        var link = await store.FindBlobAsync(key, described.Digest, cancellationToken)
            ?? throw new ImageException(ImageErrorKind.Damaged, $"the configuration {described.Digest} is gone");
        if (link.SizeBytes > ImageConfigReader.MaxBytes)
        {
            throw new ImageException(ImageErrorKind.NotRunnable, $"the configuration {described.Digest} has {link.SizeBytes} bytes, more than any image's");
        }

        await using var stream = await store.Blobs.OpenReadAsync(new BlobId(link.Blob), 0, null, cancellationToken)
            ?? throw new ImageException(ImageErrorKind.Damaged, $"the configuration {described.Digest} is gone");
        var bytes = new byte[link.SizeBytes];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        try
        {
            return ImageConfigReader.Read(bytes);
        }
        catch (FormatException broken)
        {
            throw new ImageException(ImageErrorKind.Damaged, $"the configuration {described.Digest} cannot be used: {broken.Message}", broken);
        }
    }

    private static string Platforms(ManifestFacts index) =>
        string.Join(", ", index.Children.Where(static child => child.Os is not null and not "unknown").Select(static child => $"{child.Os}/{child.Architecture}").Distinct().DefaultIfEmpty("none"));
}
