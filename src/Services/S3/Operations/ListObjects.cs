using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class ListObjects(S3Store store) : IOperation<ListObjectsRequest, ListObjectsResponse>
{
    public async ValueTask<ListObjectsResponse> HandleAsync(
        ListObjectsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var text = new ListingText(request.EncodingType);
        var query = new ListingQuery(
            request.Prefix ?? "", request.Delimiter ?? "", RequestFacts.PageSize(request.MaxKeys, 1000, "max-keys"));
        var start = Listing.StartBehind(bucket.Key, query, request.Marker ?? "");
        var page = await Listing.WalkAsync(store.Database, S3Tables.Objects, bucket.Key, query, start, cancellationToken);
        var owner = new Owner { ID = bucket.OwnerId };
        return new()
        {
            Name = bucket.Name,
            Prefix = text.Of(query.Prefix),
            Delimiter = text.OfOptional(request.Delimiter),
            Marker = text.Of(request.Marker ?? ""),

            // Without a delimiter the client goes on behind the last key it got.
            NextMarker = page.IsTruncated && query.Delimiter.Length > 0 ? text.Of(page.Last!) : null,
            MaxKeys = query.MaxItems,
            IsTruncated = page.IsTruncated,
            EncodingType = text.EncodingType,
            Contents = page.Items.Count == 0 ? null : [.. page.Items.Select(entry => ObjectView.From(entry, text, owner))],
            CommonPrefixes = text.Prefixes(page.CommonPrefixes),
        };
    }
}
