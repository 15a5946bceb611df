using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class GetBucketAcl(S3Store store) : IOperation<GetBucketAclRequest, GetBucketAclResponse>
{
    public async ValueTask<GetBucketAclResponse> HandleAsync(GetBucketAclRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        return new() { Owner = new() { ID = bucket.OwnerId }, Grants = AclView.OwnerOnly(bucket) };
    }
}

/// <summary>ACLs are disabled, as in AWS's own buckets of today: only what they are anyway can be put.</summary>
[Operation]
internal sealed class PutBucketAcl(S3Store store) : IOperation<PutBucketAclRequest, PutBucketAclResponse>
{
    public async ValueTask<PutBucketAclResponse> HandleAsync(PutBucketAclRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        AclView.CheckPut(
            request.ACL,
            RequestFacts.Any(request.GrantFullControl, request.GrantRead, request.GrantReadACP, request.GrantWrite, request.GrantWriteACP),
            request.AccessControlPolicy);
        return new();
    }
}

[Operation]
internal sealed class GetObjectAcl(S3Store store) : IOperation<GetObjectAclRequest, GetObjectAclResponse>
{
    public async ValueTask<GetObjectAclResponse> HandleAsync(GetObjectAclRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        await store.GetObjectAsync(bucket, request.Key, cancellationToken);
        return new() { Owner = new() { ID = bucket.OwnerId }, Grants = AclView.OwnerOnly(bucket) };
    }
}

[Operation]
internal sealed class PutObjectAcl(S3Store store) : IOperation<PutObjectAclRequest, PutObjectAclResponse>
{
    public async ValueTask<PutObjectAclResponse> HandleAsync(PutObjectAclRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        RequestFacts.CheckVersion(request.VersionId, request.Key);
        AclView.CheckPut(
            request.ACL,
            RequestFacts.Any(request.GrantFullControl, request.GrantRead, request.GrantReadACP, request.GrantWrite, request.GrantWriteACP),
            request.AccessControlPolicy);
        await store.GetObjectAsync(bucket, request.Key, cancellationToken);
        return new();
    }
}
