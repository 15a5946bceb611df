using Fogbank.Contracts.S3;
using Fogbank.Kernel;
using Fogbank.Services.S3.Domain;
using Fogbank.Services.S3.Notifications;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;
using Microsoft.AspNetCore.Http;

namespace Fogbank.Services.S3.Forms;

/// <summary>A browser's upload. https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html</summary>
internal sealed class FormUpload(S3Store store, FormCredentials credentials, IServiceProvider services, TimeProvider time) : IFormUpload
{
    public async Task HandleAsync(string bucket, HttpContext http, RequestContext context, CancellationToken cancellationToken)
    {
        var row = await store.GetBucketAsync(bucket, null, cancellationToken);
        var form = await FormFields.ReadAsync(http.Request.ContentType, http.Request.Body, cancellationToken);
        var key = form.Require("key").Replace("${filename}", form.FileName, StringComparison.Ordinal);
        ObjectKey.Check(key);
        var now = time.GetUtcNow();
        PostPolicy? policy = null;
        var principal = Principal.Anonymous;
        if (form["policy"] is { } encoded)
        {
            principal = await credentials.VerifyAsync(form, encoded, now, cancellationToken);
            policy = PostPolicy.Parse(encoded);
            policy.Check(FieldsForPolicy(form, bucket, key), now);
        }

        var caller = context with { Principal = principal };
        await AuthorizeAsync(bucket, key, caller, cancellationToken);
        var template = FormObject.TemplateOf(form);
        var demands = BodyDemands.Of(form["content-md5"], FormObject.ChecksumsOf(form), null, null, null);
        await using var body = await BodyIntake.ReadAsync(
            store.Blobs, form.File, demands, null, null, Math.Min(policy?.ContentLength?.Max ?? BodyIntake.MaxBytes, BodyIntake.MaxBytes), cancellationToken);
        policy?.CheckLength(body.Size);
        var cause = EventCause.Of("s3:ObjectCreated:Post", caller, now);
        await store.Database.WriteAsync(
            transaction => ObjectCommit.Publish(
                transaction,
                row,
                key,
                new ObjectRecord
                {
                    Blob = transaction.AttachBlob(body.Blob).Value,
                    Size = body.Size,
                    ETag = body.ETag,
                    ModifiedAt = time.NowInSeconds(),
                    Headers = template.Headers,
                    Checksum = body.Checksum,
                    Tags = template.Tags,
                },
                null,
                cause),
            cancellationToken);
        await FormAnswer.WriteAsync(http, context, form, bucket, key, body.ETag, cancellationToken);
    }

    private async ValueTask AuthorizeAsync(string bucket, string key, RequestContext context, CancellationToken cancellationToken)
    {
        if (services.GetService(typeof(IAuthorizer)) is IAuthorizer authorizer)
        {
            await authorizer.AuthorizeAsync(
                S3Operations.PutObject.Schema, new PutObjectRequest { Bucket = bucket, Key = key }, context, cancellationToken);
        }
    }

    /// <summary>The policy speaks of the key with the file's name in it, and of the bucket the form was sent to.</summary>
    private static Dictionary<string, string> FieldsForPolicy(FormFields form, string bucket, string key) =>
        new(form.All, StringComparer.Ordinal) { ["bucket"] = bucket, ["key"] = key };
}
