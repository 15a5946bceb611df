using Fogbank.Contracts.Ecr;
using Fogbank.Kernel;
using Fogbank.Services.Ecr.Domain;
using Fogbank.Services.Ecr.Store;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>Signatures, attestations and the like that name an image, whether that exists or not.</summary>
[Operation]
internal sealed class ListImageReferrers(EcrStore store) : IOperation<ListImageReferrersRequest, ListImageReferrersResponse>
{
    /// <summary>https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImageReferrers.html</summary>
    private const int PageSize = 50;

    public async ValueTask<ListImageReferrersResponse> HandleAsync(
        ListImageReferrersRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = RequestScope.Repository(context, request.RegistryId, request.RepositoryName);
        _ = await store.FindRepositoryAsync(key, cancellationToken) ?? throw EcrErrors.NoSuchRepository(key);
        var subject = request.SubjectId.ImageDigest;
        if (!ContentDigest.IsSupported(subject))
        {
            throw EcrErrors.InvalidParameter("subjectId.imageDigest", "must satisfy regular expression '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
        }

        var wanted = request.Filter?.ArtifactTypes is { Count: > 0 } types ? types : null;
        var isAnyActive = request.Filter?.ArtifactStatus is null or ArtifactStatusFilter.Active or ArtifactStatusFilter.Any;
        var found = new List<ImageReferrer>();
        var (limit, after) = (request.MaxResults ?? PageSize, EcrPaging.Parse(request.NextToken));
        if (!isAnyActive)
        {
            return new() { Referrers = found };
        }

        // Filtered while it is read, so a page may hold fewer than were asked for, and none; the token tells whether more may follow.
        var page = await store.ListReferrersAsync(key, subject, limit, after, cancellationToken);
        foreach (var image in page.Items.Select(static entry => entry.Value).Where(image => wanted is null || (image.ArtifactType is { } type && wanted.Contains(type))))
        {
            if (await store.ReadManifestAsync(image, cancellationToken) is { } bytes)
            {
                found.Add(new()
                {
                    Digest = image.Digest,
                    MediaType = image.MediaType,
                    ArtifactType = image.ArtifactType,
                    Size = image.ManifestBytes,
                    Annotations = ManifestReader.TryRead(bytes, image.MediaType, out _)?.Annotations,
                    ArtifactStatus = ArtifactStatus.Active,
                });
            }
        }

        return new() { Referrers = found, NextToken = page.Next?.ToString() };
    }
}
