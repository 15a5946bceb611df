using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

/// <summary>Every object has one version, <c>null</c>, as in an AWS bucket whose versioning was never turned on.</summary>
[Operation]
internal sealed class ListObjectVersions(S3Store store) : IOperation<ListObjectVersionsRequest, ListObjectVersionsResponse>
{
    public async ValueTask<ListObjectVersionsResponse> HandleAsync(
        ListObjectVersionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var text = new ListingText(request.EncodingType);
        if (!string.IsNullOrEmpty(request.VersionIdMarker) && string.IsNullOrEmpty(request.KeyMarker))
        {
            throw S3Errors.InvalidArgument(
                "A version-id marker cannot be specified without a key marker.", "version-id-marker", request.VersionIdMarker);
        }

        var query = new ListingQuery(
            request.Prefix ?? "", request.Delimiter ?? "", RequestFacts.PageSize(request.MaxKeys, 1000, "max-keys"));
        var start = Listing.StartBehind(bucket.Key, query, request.KeyMarker ?? "");
        var page = await Listing.WalkAsync(store.Database, S3Tables.Objects, bucket.Key, query, start, cancellationToken);
        var owner = new Owner { ID = bucket.OwnerId };
        var endsWithKey = page.CommonPrefixes.Count == 0 || page.CommonPrefixes[^1] != page.Last;
        return new()
        {
            Name = bucket.Name,
            Prefix = text.Of(query.Prefix),
            Delimiter = text.OfOptional(request.Delimiter),
            KeyMarker = text.Of(request.KeyMarker ?? ""),
            VersionIdMarker = request.VersionIdMarker ?? "",
            NextKeyMarker = page.IsTruncated ? text.Of(page.Last!) : null,
            NextVersionIdMarker = page.IsTruncated && endsWithKey ? "null" : null,
            MaxKeys = query.MaxItems,
            IsTruncated = page.IsTruncated,
            EncodingType = text.EncodingType,
            Versions = page.Items.Count == 0 ? null : [.. page.Items.Select(entry => ObjectView.VersionFrom(entry, text, owner))],
            CommonPrefixes = text.Prefixes(page.CommonPrefixes),
        };
    }
}
