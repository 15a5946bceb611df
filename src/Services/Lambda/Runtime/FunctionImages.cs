using System.Collections.Concurrent;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Kernel.Images;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using EngineLayer = Fogbank.Engines.ImageLayer;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>Images of functions: found by name when a function is created or updated, by digest ever after.</summary>
internal sealed class FunctionImages
{
    private static readonly ImagePlatform Platform = new("linux", FunctionSettings.HostArchitecture == FunctionSettings.Arm ? "arm64" : "amd64");

    private readonly IImageSource _source;
    private readonly EngineSet _engines;
    private readonly LambdaStore _store;
    private readonly LambdaOptions _options;
    private readonly RegionOptions _region;
    private readonly RegionAddress _address;
    private readonly IIdSource _ids;
    private readonly TimeProvider _time;

    // What was seen in the registry, so that not every start of an environment looks there.
    private readonly ConcurrentDictionary<(FunctionKey Function, string Uri), Seen> _seen = new();

    public FunctionImages(
        IImageSource source, EngineSet engines, LambdaStore store, LambdaOptions options, RegionOptions region, RegionAddress address, IIdSource ids,
        TimeProvider time)
    {
        (_source, _engines, _store, _options, _region, _address, _ids, _time) = (source, engines, store, options, region, address, ids, time);
        store.Changed += OnChanged;
    }

    private sealed record Seen(ImageContent Image, long At);

    internal IEngine Engine => _engines.Images;

    /// <summary>Takes the digest that a name has now, on behalf of the caller; throws AWS's errors.</summary>
    internal async ValueTask<CodeRecord> PinAsync(FunctionKey function, string uri, RequestContext context, CancellationToken cancellationToken)
    {
        if (!Engine.Capabilities.Images)
        {
            throw LambdaErrors.InvalidParameter($"Fogbank cannot run a function of PackageType Image here. {Engine.IsolationReason}");
        }

        if (!ImageUri.IsUsable(uri, function.Scope.Region, _region.DefaultRegion))
        {
            throw LambdaErrors.ImageNotValid(uri);
        }

        ImageContent image;
        try
        {
            image = await _source.ResolveAsync(uri, Platform, context, cancellationToken);
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

    /// <summary>The image of a function as it was seen not long ago, else looked for anew.</summary>
    /// <exception cref="ImageException">It is not there any more, or Lambda may not have it.</exception>
    internal ValueTask<ImageContent> GetAsync(FunctionKey function, ImageCodeRecord image, CancellationToken cancellationToken) =>
        _seen.TryGetValue((function, image.ResolvedUri), out var seen) && _time.GetElapsedTime(seen.At) < _options.ImageCheckInterval
            ? new(seen.Image)
            : FindAsync(function, image, cancellationToken);

    private async ValueTask<ImageContent> FindAsync(FunctionKey function, ImageCodeRecord image, CancellationToken cancellationToken)
    {
        _seen.TryRemove((function, image.ResolvedUri), out _);
        var found = await _source.ResolveAsync(
            image.ResolvedUri,
            Platform,
            new RequestContext
            {
                Scope = function.Scope,
                Principal = Principal.Service(LambdaModule.ServiceName, function.Scope.AccountId, function.Arn),
                RequestId = _ids.NewUuid(),
                Endpoint = _address.Advertised,
            },
            cancellationToken);
        _seen[(function, image.ResolvedUri)] = new(found, _time.GetTimestamp());
        return found;
    }

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
            ? FunctionStates.Lost(current, _ids.NewUuid(), problem.Code, problem.Reason)
            : current;

        await _store.WriteAsync(
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

    // What nobody starts any more is forgotten with the next change of its function.
    private void OnChanged(FunctionKey function, FunctionRecord? record)
    {
        foreach (var (key, seen) in _seen)
        {
            if (key.Function == function && (record is null || _time.GetElapsedTime(seen.At) >= _options.ImageCheckInterval))
            {
                _seen.TryRemove(KeyValuePair.Create(key, seen));
            }
        }
    }

    private static string Hex(string digest) => digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
