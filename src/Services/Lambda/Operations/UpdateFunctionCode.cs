using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>New code; invocations get the old one until the reconciler has brought the new one in.</summary>
[Operation]
internal sealed class UpdateFunctionCode(
    LambdaStore store, CodeUpload upload, FunctionImages images, FunctionConfigurationView view, IIdSource ids, TimeProvider time)
    : IOperation<UpdateFunctionCodeRequest, UpdateFunctionCodeResponse>
{
    public async ValueTask<UpdateFunctionCodeResponse> HandleAsync(
        UpdateFunctionCodeRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:UpdateFunctionCode").Key;
        FunctionSettings.Check(request);
        var before = await store.FindAsync(key, cancellationToken);
        FunctionUpdate.Check(before, key, request.RevisionId);
        var isImage = before.Latest.Code.Image is not null;
        ImageSettings.Check(request, isImage);
        var image = isImage ? await images.PinAsync(key, request.ImageUri!, context, cancellationToken) : null;
        await using var package = isImage ? null : await upload.ReadAsync(
            request.ZipFile, request.S3Bucket, request.S3Key, request.S3ObjectVersion, context, cancellationToken);
        if (request.DryRun is true)
        {
            var now = await store.FindAsync(key, cancellationToken) ?? throw LambdaErrors.FunctionNotFound(key.Arn);
            var code = image ?? now.Latest.Code with { Digest = package!.Digest, SizeBytes = package.SizeBytes };
            return UpdateFunctionCodeResponse.From(view.From(key, now.Latest with { Code = code }, isQualified: false));
        }

        var shown = await store.WriteAsync(
            key,
            (transaction, current) =>
            {
                FunctionUpdate.Check(current, key, request.RevisionId);
                if (current.Latest.Code.Image is not null != isImage)
                {
                    // Deleted and created anew meanwhile, of the other kind.
                    throw LambdaErrors.UpdateInProgress(key.Arn);
                }

                var code = image ?? package!.Attach(transaction);
                var next = FunctionUpdate.Begin(transaction, current, latest => latest with { Code = code }, ids, time.GetUtcNow(), keepsCode: false);
                var answer = next.Latest;
                if (request.Publish is true)
                {
                    (next, answer) = VersionPublisher.Publish(transaction, key, next, null, ids.NewUuid());
                }

                transaction.Put(LambdaSchema.Functions, LambdaStore.KeyOf(key), next);
                return answer;
            },
            cancellationToken);
        return UpdateFunctionCodeResponse.From(view.From(key, shown, isQualified: request.Publish is true));
    }
}
