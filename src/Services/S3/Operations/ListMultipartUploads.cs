using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class ListMultipartUploads(S3Store store) : IOperation<ListMultipartUploadsRequest, ListMultipartUploadsResponse>
{
    public async ValueTask<ListMultipartUploadsResponse> HandleAsync(
        ListMultipartUploadsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var text = new ListingText(request.EncodingType);
        var query = new ListingQuery(
            request.Prefix ?? "", request.Delimiter ?? "", RequestFacts.PageSize(request.MaxUploads, 1000, "max-uploads"));
        var keyMarker = request.KeyMarker ?? "";
        var idMarker = keyMarker.Length == 0 ? "" : request.UploadIdMarker ?? "";
        var start = idMarker.Length == 0
            ? Listing.StartBehind(bucket.Key, query, keyMarker)
            : KeyRange.TextPrefix(bucket.Key, query.Prefix).StartAfter(bucket.UploadKey(keyMarker, idMarker));
        var page = await Listing.WalkAsync(store.Database, S3Tables.Uploads, bucket.Key, query, start, cancellationToken);
        var endsWithUpload = page.Items.Count > 0 && page.Items[^1].Value.Key == page.Last;
        return new()
        {
            Bucket = bucket.Name,
            KeyMarker = text.Of(keyMarker),
            UploadIdMarker = idMarker,
            NextKeyMarker = text.Of(page.Last ?? ""),
            NextUploadIdMarker = endsWithUpload ? page.Items[^1].Value.UploadId : "",
            Prefix = text.OfOptional(request.Prefix),
            Delimiter = text.OfOptional(request.Delimiter),
            MaxUploads = query.MaxItems,
            IsTruncated = page.IsTruncated,
            EncodingType = text.EncodingType,
            Uploads = page.Items.Count == 0 ? null : [.. page.Items.Select(entry => UploadView.From(entry.Value, bucket, text))],
            CommonPrefixes = text.Prefixes(page.CommonPrefixes),
        };
    }
}
