using System.Buffers.Text;
using System.Text;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class ListBuckets(S3Store store) : IOperation<ListBucketsRequest, ListBucketsResponse>
{
    private const int MaxPage = 10_000;

    public async ValueTask<ListBucketsResponse> HandleAsync(
        ListBucketsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.MaxBuckets is < 1 or > MaxPage)
        {
            throw S3Errors.InvalidArgument("Argument max-buckets must be an integer between 1 and 10000");
        }

        var after = request.ContinuationToken is null ? null : ReadToken(request.ContinuationToken);
        var (page, more) = await BucketListing.PageAsync(
            store.Database, context.AccountId, request.Prefix ?? "", after, request.BucketRegion, request.MaxBuckets ?? MaxPage, cancellationToken);
        var withRegion = RequestFacts.Any(request.ContinuationToken, request.Prefix, request.BucketRegion) || request.MaxBuckets is not null;
        return new()
        {
            Buckets = [.. page.Select(record => new Bucket
            {
                Name = record.Name,
                CreationDate = record.CreatedAt,
                BucketArn = record.Arn,
                BucketRegion = withRegion ? record.Region : null,
            })],
            Owner = new() { ID = BucketRow.CanonicalId(context.AccountId) },
            Prefix = request.Prefix,
            ContinuationToken = more ? WriteToken(page[^1].Name) : null,
        };
    }

    private static string WriteToken(string last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    private static string ReadToken(string token) => Base64Url.IsValid(token)
        ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token))
        : throw S3Errors.InvalidContinuationToken();
}
