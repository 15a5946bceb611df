using Fogbank.Contracts.Lambda;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Store;
using Fogbank.Services.Lambda.Views;

namespace Fogbank.Services.Lambda.Operations;

/// <summary>A version that nothing changes. Without a change since the last one it answers that one.</summary>
[Operation]
internal sealed class PublishVersion(LambdaStore store, FunctionConfigurationView view, IIdSource ids)
    : IOperation<PublishVersionRequest, PublishVersionResponse>
{
    public async ValueTask<PublishVersionResponse> HandleAsync(
        PublishVersionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var key = FunctionReference.ParseOwn(request.FunctionName, null, context, "lambda:PublishVersion").Key;
        if (request.PublishTo is not null)
        {
            throw LambdaErrors.SettingNotSupported("PublishTo");
        }

        var version = await store.WriteAsync(
            key,
            (transaction, current) =>
            {
                var function = current ?? throw LambdaErrors.FunctionNotFound(key.Arn);
                if (FunctionStates.IsBusy(function.Latest))
                {
                    throw LambdaErrors.UpdateInProgress(key.Arn);
                }

                // Nothing has prepared its code, and nothing would.
                if (function.Latest.State != FunctionStates.Active)
                {
                    throw LambdaErrors.NotInvocable(function.Latest.State);
                }

                if (request.RevisionId is { } revision && revision != function.Latest.RevisionId)
                {
                    throw LambdaErrors.RevisionMismatch();
                }

                if (request.CodeSha256 is { } sha && sha != function.Latest.Code.ShownSha256)
                {
                    throw LambdaErrors.InvalidParameter(
                        $"CodeSHA256 ({sha}) is different from current CodeSHA256 in $LATEST ({function.Latest.Code.ShownSha256}). Please try again with the CodeSHA256 in $LATEST.");
                }

                if (VersionPublisher.FindUnchanged(transaction, key, function) is { } unchanged)
                {
                    return unchanged;
                }

                var (next, published) = VersionPublisher.Publish(transaction, key, function, request.Description, ids.NewUuid());
                transaction.Put(LambdaSchema.Functions, LambdaStore.KeyOf(key), next);
                return published;
            },
            cancellationToken);
        return PublishVersionResponse.From(view.From(key, version, isQualified: true));
    }
}
