using System.Buffers.Text;
using System.Text;
using Fogbank.Contracts;
using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.Ecr.Http;

/// <summary>
/// Who calls the registry, and what they may do. Names under <c>dkr.ecr</c> always ask for a token, the region's own address only where the
/// settings say so. What is done there needs the permissions of the API's operation of the same effect.
/// </summary>
internal sealed class RegistryAccess(IRegistryTokens tokens, IAuthorizer authorizer, RegionOptions region, EcrOptions options, IIdSource ids)
{
    /// <summary>Names the caller; throws where there must be a token and is none that holds.</summary>
    internal RequestContext Identify(HttpContext http, string host)
    {
        var endpoint = new Uri($"{http.Request.Scheme}://{http.Request.Host.Value}");
        var named = RegistryHost.Parse(host);
        var verdict = Basic(http.Request.Headers.Authorization.ToString()) is { } password ? tokens.Verify(password) : null;
        if (named is null && !options.PlainAddressNeedsToken)
        {
            // Open: whoever reaches the region's address is its default account. A token that is given says only who.
            var scope = new Scope(region.DefaultAccountId, region.DefaultRegion);
            var local = verdict?.Principal is { } holder && holder.AccountId == scope.AccountId ? holder : Principal.Root(scope.AccountId);
            return Context(scope, local, endpoint);
        }

        return verdict switch
        {
            { State: RegistryTokenState.Valid, Principal: { } principal } =>
                Context(named ?? new Scope(principal.AccountId, region.DefaultRegion), principal, endpoint),
            { State: RegistryTokenState.Expired } => throw RegistryErrors.TokenExpired(),
            _ => throw Challenge(endpoint),
        };
    }

    /// <summary>Lets the caller read images.</summary>
    internal ValueTask DemandPullAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.BatchGetImage.Schema, new BatchGetImageRequest { RepositoryName = call.Route.Repository, RegistryId = call.Context.AccountId, ImageIds = [] }, call, cancellationToken);

    internal ValueTask DemandDownloadAsync(RegistryCall call, string digest, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.GetDownloadUrlForLayer.Schema,
        new GetDownloadUrlForLayerRequest { RepositoryName = call.Route.Repository, RegistryId = call.Context.AccountId, LayerDigest = digest },
        call,
        cancellationToken);

    internal ValueTask DemandCheckAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.BatchCheckLayerAvailability.Schema,
        new BatchCheckLayerAvailabilityRequest { RepositoryName = call.Route.Repository, RegistryId = call.Context.AccountId, LayerDigests = [] },
        call,
        cancellationToken);

    internal ValueTask DemandUploadStartAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.InitiateLayerUpload.Schema,
        new InitiateLayerUploadRequest { RepositoryName = call.Route.Repository, RegistryId = call.Context.AccountId },
        call,
        cancellationToken);

    internal ValueTask DemandUploadAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.UploadLayerPart.Schema,
        new UploadLayerPartRequest
        {
            RepositoryName = call.Route.Repository,
            RegistryId = call.Context.AccountId,
            UploadId = call.Route.Reference,
            PartFirstByte = 0,
            PartLastByte = 0,
            LayerPartBlob = ReadOnlyMemory<byte>.Empty,
        },
        call,
        cancellationToken);

    internal ValueTask DemandUploadEndAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.CompleteLayerUpload.Schema,
        new CompleteLayerUploadRequest
        {
            RepositoryName = call.Route.Repository,
            RegistryId = call.Context.AccountId,
            UploadId = call.Route.Reference,
            LayerDigests = [],
        },
        call,
        cancellationToken);

    internal ValueTask DemandPutImageAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.PutImage.Schema,
        new PutImageRequest { RepositoryName = call.Route.Repository, RegistryId = call.Context.AccountId, ImageManifest = "" },
        call,
        cancellationToken);

    internal ValueTask DemandDeleteAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.BatchDeleteImage.Schema,
        new BatchDeleteImageRequest { RepositoryName = call.Route.Repository, RegistryId = call.Context.AccountId, ImageIds = [] },
        call,
        cancellationToken);

    internal ValueTask DemandListAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.ListImages.Schema, new ListImagesRequest { RepositoryName = call.Route.Repository, RegistryId = call.Context.AccountId }, call, cancellationToken);

    internal ValueTask DemandCatalogAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.DescribeRepositories.Schema, new DescribeRepositoriesRequest { RegistryId = call.Context.AccountId }, call, cancellationToken);

    internal ValueTask DemandCreateAsync(RegistryCall call, CancellationToken cancellationToken) => DemandAsync(
        EcrOperations.CreateRepository.Schema,
        new CreateRepositoryRequest { RepositoryName = call.Route.Repository, RegistryId = call.Context.AccountId },
        call,
        cancellationToken);

    private async ValueTask DemandAsync(OperationSchema operation, Shape request, RegistryCall call, CancellationToken cancellationToken)
    {
        var (principal, scope) = (call.Context.Principal, call.Context.Scope);
        if (principal.AccountId != scope.AccountId)
        {
            // A lock of the data plane: it holds in both modes. Only the repository's policy could let another account in.
            throw RegistryErrors.Denied(
                $"User: {principal.Arn} is not authorized to perform: ecr:{operation.Name} on resource: {call.Repository.Arn} because no resource-based policy allows the ecr:{operation.Name} action");
        }

        try
        {
            await authorizer.AuthorizeAsync(operation, request, call.Context, cancellationToken);
        }
        catch (AwsException denied) when (denied.Code.Status is >= 400 and < 500)
        {
            throw RegistryErrors.Denied(denied.Message);
        }
    }

    private RequestContext Context(Scope scope, Principal principal, Uri endpoint) => new()
    {
        Scope = scope,
        Principal = principal,
        RequestId = ids.NewUuid(),
        Endpoint = endpoint,
    };

    private static RegistryException Challenge(Uri endpoint) => new(401, "UNAUTHORIZED", "Not Authorized")
    {
        Headers = [new("WWW-Authenticate", $"Basic realm=\"{endpoint}\",service=\"ecr.amazonaws.com\"")],
    };

    /// <summary>The password of an Authorization header; null where there is none in a form that is understood.</summary>
    private static string? Basic(string header)
    {
        const string Scheme = "Basic ";
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || !Base64.IsValid(header.AsSpan(Scheme.Length)))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Convert.FromBase64String(header[Scheme.Length..]));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && text.AsSpan(0, colon).SequenceEqual("AWS") ? text[(colon + 1)..] : null;
    }
}
