using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class CreateBucket(S3Store store, TimeProvider time) : IOperation<CreateBucketRequest, CreateBucketResponse>
{
    private const string FirstRegion = "us-east-1";

    public async ValueTask<CreateBucketResponse> HandleAsync(
        CreateBucketRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!BucketName.IsValid(request.Bucket))
        {
            throw S3Errors.InvalidBucketName(request.Bucket);
        }

        Check(request);
        var region = RegionOf(request.CreateBucketConfiguration?.LocationConstraint, context.Region);
        var tags = request.CreateBucketConfiguration?.Tags is { Count: > 0 } asked
            ? TagRules.Check(asked.Select(tag => new TagRecord(tag.Key, tag.Value)), ofBucket: true)
            : null;
        var key = StoreKey.Of(context.AccountId, region, request.Bucket);
        var record = new BucketRecord
        {
            Name = request.Bucket,
            AccountId = context.AccountId,
            Region = region,
            CreatedAt = time.NowInSeconds(),
            Tags = tags,

            // As AWS has made new buckets since April 2023.
            ObjectOwnership = "BucketOwnerEnforced",
            PublicAccess = new(true, true, true, true),
        };
        await store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.ClaimName(S3Tables.BucketName, request.Bucket, key))
                {
                    transaction.Put(S3Tables.Buckets, key, record);
                }
                else if (transaction.FindName(S3Tables.BucketName, request.Bucket) is { } owner && owner.Text(0) == context.AccountId)
                {
                    // The oldest region answers its owner with success, and changes nothing.
                    if (owner.Text(1) != FirstRegion || region != FirstRegion)
                    {
                        throw S3Errors.BucketAlreadyOwnedByYou(request.Bucket);
                    }
                }
                else
                {
                    throw S3Errors.BucketAlreadyExists(request.Bucket);
                }
            },
            cancellationToken);
        return new() { Location = $"/{request.Bucket}", BucketArn = record.Arn };
    }

    private static void Check(CreateBucketRequest request)
    {
        if (request.ObjectLockEnabledForBucket is true)
        {
            throw S3Errors.NotSupported("object lock (x-amz-bucket-object-lock-enabled)");
        }

        if (request.ObjectOwnership is "BucketOwnerPreferred" or "ObjectWriter")
        {
            throw S3Errors.NotSupported($"the object ownership {request.ObjectOwnership}, which enables ACLs,");
        }

        if (request.ObjectOwnership is not (null or "BucketOwnerEnforced"))
        {
            throw S3Errors.InvalidArgument(
                $"Invalid x-amz-object-ownership header: {request.ObjectOwnership}", "x-amz-object-ownership", request.ObjectOwnership);
        }

        if (request.ACL is not (null or "private")
            || RequestFacts.Any(request.GrantFullControl, request.GrantRead, request.GrantReadACP, request.GrantWrite, request.GrantWriteACP))
        {
            throw S3Errors.InvalidBucketAclWithObjectOwnership();
        }

        if (request.BucketNamespace is not (null or "global"))
        {
            throw S3Errors.NotSupported($"the bucket namespace {request.BucketNamespace}");
        }

        if (request.CreateBucketConfiguration is { Location: not null } or { Bucket: not null })
        {
            throw S3Errors.NotSupported("directory buckets");
        }
    }

    /// <summary>
    /// The oldest region also stands for the global endpoint, which makes buckets anywhere; a regional endpoint makes them in its own region
    /// only, and wants to be told so.
    /// </summary>
    private static string RegionOf(string? constraint, string requestRegion)
    {
        if (requestRegion == FirstRegion)
        {
            return constraint switch
            {
                null => FirstRegion,
                FirstRegion => throw S3Errors.InvalidLocationConstraint(constraint),
                "EU" => "eu-west-1",
                _ when IsRegionName(constraint) => constraint,
                _ => throw S3Errors.InvalidLocationConstraint(constraint),
            };
        }

        var asked = constraint == "EU" ? "eu-west-1" : constraint;
        return asked == requestRegion ? requestRegion : throw S3Errors.IllegalLocationConstraint(constraint ?? "unspecified");
    }

    private static bool IsRegionName(string text) =>
        text.Split('-') is { Length: 3 or 4 } parts
        && parts.All(part => part.Length > 0 && part.All(char.IsAsciiLetterOrDigit))
        && char.IsAsciiDigit(text[^1]);
}
