using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using EngineLayer = Fogbank.Engines.ImageLayer;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>Images of functions: found by name when a function is created or updated, by digest ever after.</summary>
internal sealed class FunctionImages(
    IImageSource source, EngineSet engines, LambdaStore store, RegionOptions region, RegionAddress address, IIdSource ids)
{
    private static readonly ImagePlatform Platform = new("linux", FunctionSettings.HostArchitecture == FunctionSettings.Arm ? "arm64" : "amd64");

    internal IEngine Engine => engines.Images;

    /// <summary>Takes the digest that a name has now, on behalf of the caller; throws AWS's errors.</summary>
    internal async ValueTask<CodeRecord> PinAsync(FunctionKey function, string uri, RequestContext context, CancellationToken cancellationToken)
    {
        if (!Engine.Capabilities.Images)
        {
            throw LambdaErrors.InvalidParameter($"Fogbank cannot run a function of PackageType Image here. {Engine.IsolationReason}");
        }

        if (!ImageUri.IsUsable(uri, function.Scope.Region, region.DefaultRegion))
        {
            throw LambdaErrors.ImageNotValid(uri);
        }

        ImageContent image;
        try
        {
            image = await source.ResolveAsync(uri, Platform, context, cancellationToken);
        }
        catch (ImageException refused)
        {
            throw LambdaErrors.FromImage(uri, refused);
        }

        // AWS takes images of one platform only: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
        return image.Digest == image.ManifestDigest
            ? new CodeRecord
            {
                Digest = Hex(image.Digest),
                SizeBytes = 0,
                Image = new()
                {
                    Uri = uri,
                    ResolvedUri = $"{image.RegistryId}.dkr.ecr.{function.Scope.Region}.amazonaws.com/{image.Repository}@{image.Digest}",
                },
            }
            : throw LambdaErrors.ImageTypeNotSupported(uri);
    }

    /// <summary>The image of a function, if it is still there and Lambda may have it.</summary>
    /// <exception cref="ImageException">It is not.</exception>
    internal ValueTask<ImageContent> FindAsync(FunctionKey function, ImageCodeRecord image, CancellationToken cancellationToken) => source.ResolveAsync(
        image.ResolvedUri,
        Platform,
        new RequestContext
        {
            Scope = function.Scope,
            Principal = Principal.Service(LambdaModule.ServiceName, function.Scope.AccountId, function.Arn),
            RequestId = ids.NewUuid(),
            Endpoint = address.Advertised,
        },
        cancellationToken);

    /// <summary>Brings a function's image to the engine. Null where that went well; whatever may pass by itself is thrown.</summary>
    internal async ValueTask<CodeProblem?> PrepareAsync(FunctionKey function, ImageCodeRecord image, CancellationToken cancellationToken)
    {
        try
        {
            var content = await FindAsync(function, image, cancellationToken);
            await Engine.PrepareAsync(RootOf(content), cancellationToken);
            return null;
        }
        catch (ImageException missing)
        {
            return CodeProblem.Of(image, missing);
        }
        catch (EngineException failed) when (CodeProblem.Of(failed) is { } problem)
        {
            return problem;
        }
    }

    /// <summary>
    /// A configuration that was active has lost its image: it fails until it gets another one, as in AWS
    /// (https://docs.aws.amazon.com/lambda/latest/dg/images-create.html, "Function lifecycle").
    /// </summary>
    internal async ValueTask FailAsync(FunctionKey function, VersionRecord version, CodeProblem problem, CancellationToken cancellationToken)
    {
        VersionRecord Lost(VersionRecord current) => current.ConfigurationId == version.ConfigurationId && current.State == FunctionStates.Active
            ? FunctionStates.Lost(current, ids.NewUuid(), problem.Code, problem.Reason)
            : current;

        await store.WriteAsync(
            function,
            (transaction, current) =>
            {
                if (current is null)
                {
                    return false;
                }

                if (version.Version == FunctionReference.Latest)
                {
                    transaction.Put(LambdaSchema.Functions, LambdaStore.KeyOf(function), current with
                    {
                        Latest = Lost(current.Latest),
                        Serving = current.Serving is { } serving ? Lost(serving) : null,
                    });
                    return true;
                }

                var row = LambdaStore.KeyOf(function).Add(long.Parse(version.Version, System.Globalization.CultureInfo.InvariantCulture));
                if (transaction.Get(LambdaSchema.Versions, row).Value is { } published)
                {
                    transaction.Put(LambdaSchema.Versions, row, Lost(published));
                }

                return true;
            },
            cancellationToken);
    }

    internal static ImageRoot RootOf(ImageContent image) => new()
    {
        Layers =
        [
            .. image.Layers.Select(static layer => new EngineLayer
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
        MaxUnpackedBytes = CodeLimits.ImageBytes,
    };

    private static string Hex(string digest) => digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
