using System.Globalization;
using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Operations;

[Operation]
internal sealed class CreateMultipartUpload(S3Store store, TimeProvider time, IIdSource ids)
    : IOperation<CreateMultipartUploadRequest, CreateMultipartUploadResponse>
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

    public async ValueTask<CreateMultipartUploadResponse> HandleAsync(
        CreateMultipartUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = await store.GetBucketAsync(request.Bucket, request.ExpectedBucketOwner, cancellationToken);
        ObjectKey.Check(request.Key);
        var storageClass = request.Settings().Check();
        var tags = TagRules.ParseHeader(request.Tagging);
        var (function, kind) = ChecksumOf(request.ChecksumAlgorithm, request.ChecksumType);
        var now = time.GetUtcNow();

        // Ids of one key sort by time, as ListMultipartUploads shows them.
        var uploadId = now.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture) + ids.NewText(Alphabet, 84);
        var record = new UploadRecord
        {
            Key = request.Key,
            UploadId = uploadId,
            InitiatedAt = time.NowInSeconds(),
            InitiatorArn = context.Principal.Arn,
            Headers = request.Headers(storageClass),
            Tags = tags,
            Function = function,
            Kind = kind,
        };
        await store.Database.WriteAsync(
            transaction =>
            {
                S3Store.Current(transaction, bucket);
                transaction.Put(S3Tables.Uploads, bucket.UploadKey(request.Key, uploadId), record);
            },
            cancellationToken);
        return new()
        {
            Bucket = bucket.Name,
            Key = request.Key,
            UploadId = uploadId,
            ChecksumAlgorithm = function?.WireName(),
            ChecksumType = function is null ? null : kind.WireName(),
            ServerSideEncryption = RequestFacts.Encryption,
        };
    }

    private static (ChecksumFunction? Function, ChecksumKind Kind) ChecksumOf(string? algorithm, string? type)
    {
        if (algorithm is null)
        {
            return type is null
                ? (null, ChecksumKind.FullObject)
                : throw S3Errors.InvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }

        var function = ChecksumFunctions.Parse(algorithm) ?? throw S3Errors.UnsupportedChecksumAlgorithm();
        var kind = type switch
        {
            null => function == ChecksumFunction.Crc64Nvme ? ChecksumKind.FullObject : ChecksumKind.Composite,
            "COMPOSITE" => ChecksumKind.Composite,
            "FULL_OBJECT" => ChecksumKind.FullObject,
            _ => throw S3Errors.InvalidRequest("Value for x-amz-checksum-type header is invalid."),
        };
        var isPossible = kind == ChecksumKind.Composite ? function != ChecksumFunction.Crc64Nvme : function.CanCombine();
        return isPossible
            ? (function, kind)
            : throw S3Errors.InvalidRequest(
                $"The {kind.WireName()} checksum type cannot be used with the {function.WireName().ToLowerInvariant()} checksum algorithm.");
    }
}
