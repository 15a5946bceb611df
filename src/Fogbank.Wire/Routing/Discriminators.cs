using System.Collections.Frozen;
using Fogbank.Contracts;

namespace Fogbank.Wire.Routing;

/// <summary>
/// What tells operations apart that share method and URI: members of S3's requests that are required and travel in query or headers. The
/// routes know operations, not their shapes, so these stand here; a test compares them with the contract.
/// </summary>
internal static class Discriminators
{
    private static readonly FrozenDictionary<string, (string[] Query, string[] Headers)> S3 = new Dictionary<string, (string[], string[])>
    {
        ["AbortMultipartUpload"] = (["uploadId"], []),
        ["CompleteMultipartUpload"] = (["uploadId"], []),
        ["CopyObject"] = ([], ["x-amz-copy-source"]),
        ["DeleteBucketAnalyticsConfiguration"] = (["id"], []),
        ["DeleteBucketIntelligentTieringConfiguration"] = (["id"], []),
        ["DeleteBucketInventoryConfiguration"] = (["id"], []),
        ["DeleteBucketMetricsConfiguration"] = (["id"], []),
        ["GetBucketAnalyticsConfiguration"] = (["id"], []),
        ["GetBucketIntelligentTieringConfiguration"] = (["id"], []),
        ["GetBucketInventoryConfiguration"] = (["id"], []),
        ["GetBucketMetricsConfiguration"] = (["id"], []),
        ["GetObjectAnnotation"] = (["annotationName"], []),
        ["ListParts"] = (["uploadId"], []),
        ["PutBucketAnalyticsConfiguration"] = (["id"], []),
        ["PutBucketIntelligentTieringConfiguration"] = (["id"], []),
        ["PutBucketInventoryConfiguration"] = (["id"], []),
        ["PutBucketMetricsConfiguration"] = (["id"], []),
        ["UploadPart"] = (["partNumber", "uploadId"], []),
        ["UploadPartCopy"] = (["partNumber", "uploadId"], ["x-amz-copy-source"]),
    }.ToFrozenDictionary();

    /// <summary>Older names of operations that another one serves; and directory buckets, which only their own endpoint lists.</summary>
    private static readonly FrozenSet<string> S3Shadowed = FrozenSet.Create(
        "GetBucketLifecycle", "GetBucketNotification", "PutBucketLifecycle", "PutBucketNotification", "ListDirectoryBuckets");

    public static (string[] Query, string[] Headers) Of(OperationSchema operation) =>
        operation.Api.Name == "s3" && S3.TryGetValue(operation.Name, out var found) ? found : ([], []);

    /// <summary>Whether no request can reach an operation, since another one has its URI.</summary>
    public static bool IsShadowed(OperationSchema operation) => operation.Api.Name == "s3" && S3Shadowed.Contains(operation.Name);
}
