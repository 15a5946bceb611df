using System.Buffers.Text;
using System.Text;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class ListObjectsV2(S3Store store) : IOperation<ListObjectsV2Request, ListObjectsV2Response>
{
    public async ValueTask<ListObjectsV2Response> HandleAsync(
        ListObjectsV2Request request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var text = new ListingText(request.EncodingType);
        var query = new ListingQuery(
            request.Prefix ?? "", request.Delimiter ?? "", RequestFacts.PageSize(request.MaxKeys, 1000, "max-keys"));

        // The token wins over start-after, which only chooses the first page.
        var after = request.ContinuationToken is null ? request.StartAfter ?? "" : ReadToken(request.ContinuationToken);
        var page = await Listing.WalkAsync(
            store.Database, S3Tables.Objects, bucket.Key, query, Listing.StartBehind(bucket.Key, query, after), cancellationToken);
        var owner = request.FetchOwner is true ? new Owner { ID = bucket.OwnerId } : null;
        return new()
        {
            Name = bucket.Name,
            Prefix = text.Of(query.Prefix),
            Delimiter = text.OfOptional(request.Delimiter),
            MaxKeys = query.MaxItems,
            KeyCount = page.Items.Count + page.CommonPrefixes.Count,
            IsTruncated = page.IsTruncated,
            ContinuationToken = request.ContinuationToken,
            NextContinuationToken = page.IsTruncated ? WriteToken(page.Last!) : null,
            StartAfter = text.OfOptional(request.StartAfter),
            EncodingType = text.EncodingType,
            Contents = page.Items.Count == 0 ? null : [.. page.Items.Select(entry => ObjectView.From(entry, text, owner))],
            CommonPrefixes = text.Prefixes(page.CommonPrefixes),
        };
    }

    /// <summary>A token is the place it goes on behind; a made-up one reads another place of the same bucket, nothing else.</summary>
    private static string WriteToken(string last) => "1" + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    private static string ReadToken(string token) => token.StartsWith('1') && Base64Url.IsValid(token.AsSpan(1))
        ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.AsSpan(1)))
        : throw S3Errors.InvalidContinuationToken();
}
