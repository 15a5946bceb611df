using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class HeadObject(S3Store store, ObjectReading reading) : IOperation<HeadObjectRequest, HeadObjectResponse>
{
    public async ValueTask<HeadObjectResponse> HandleAsync(HeadObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        var plan = await reading.PlanAsync(bucket, request.Key, request.Query(), cancellationToken);
        return request.Answer(plan);
    }
}
