using System.Buffers.Text;
using System.Text;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

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

        var after = request.ContinuationToken is null ? "" : ReadToken(request.ContinuationToken);

        // Rows are by region, the answer is by name.
        var records = new List<BucketRecord>();
        var under = KeyRange.Under(StoreKey.OfAccount(context.AccountId));
        await foreach (var entry in store.Database.ScanAllAsync(S3Tables.Buckets, under, cancellationToken))
        {
            if (entry.Value.Name.StartsWith(request.Prefix ?? "", StringComparison.Ordinal)
                && string.CompareOrdinal(entry.Value.Name, after) > 0
                && (request.BucketRegion is null || entry.Value.Region == request.BucketRegion))
            {
                records.Add(entry.Value);
            }
        }

        records.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        var page = records.Take(request.MaxBuckets ?? MaxPage).ToList();
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
            ContinuationToken = page.Count < records.Count ? WriteToken(page[^1].Name) : null,
        };
    }

    private static string WriteToken(string last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    private static string ReadToken(string token) => Base64Url.IsValid(token)
        ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token))
        : throw S3Errors.InvalidContinuationToken();
}
