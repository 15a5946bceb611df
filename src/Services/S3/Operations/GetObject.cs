using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetObject(S3Store store, ObjectReading reading) : IOperation<GetObjectRequest, GetObjectResponse>
{
    public async ValueTask<GetObjectResponse> HandleAsync(GetObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var (plan, body) = await reading.OpenAsync(bucket, request.Key, request.Query(), cancellationToken);
        return new(request.Answer(plan)) { Body = body };
    }
}
