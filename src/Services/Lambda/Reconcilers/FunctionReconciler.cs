using Fogbank.Control;
using Fogbank.Engines;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Services.Lambda.Runtime;
using Fogbank.Services.Lambda.Store;
using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Lambda.Reconcilers;

/// <summary>Ends creations and updates: brings the code into the engine's cache, then makes the new configuration the one that serves.</summary>
internal sealed partial class FunctionReconciler(
    LambdaStore store, FunctionCatalog catalog, FunctionImages images, EngineSet engines, IIdSource ids, ILogger<FunctionReconciler> logger) : IReconciler
{
    public async ValueTask<Next> ReconcileAsync(StoreKey key, CancellationToken cancellationToken)
    {
        var functionKey = LambdaStore.FromKey(key);
        if (await store.FindAsync(functionKey, cancellationToken) is not { WakeAt: not null } function)
        {
            return Next.Done;
        }

        var configuration = function.Latest.ConfigurationId;
        var problem = await PrepareAsync(functionKey, function.Latest.Code, cancellationToken);
        await store.WriteAsync(
            functionKey,
            (transaction, current) =>
            {
                // Deleted, or changed once more: then there is another pass for that.
                if (current?.Latest.ConfigurationId == configuration)
                {
                    transaction.Put(
                        LambdaSchema.Functions,
                        key,
                        problem is null ? Succeed(transaction, functionKey, current) : Fail(transaction, functionKey, current, problem));
                }

                return true;
            },
            cancellationToken);
        if (problem is not null)
        {
            LogBroken(logger, functionKey.Arn, problem.Reason);
        }

        return Next.Done;
    }

    /// <summary>What is wrong with the code; null where nothing is. Whatever may pass by itself is thrown, and tried again.</summary>
    private async ValueTask<CodeProblem?> PrepareAsync(FunctionKey key, CodeRecord code, CancellationToken cancellationToken)
    {
        if (code.Image is { } image)
        {
            return await images.PrepareAsync(key, image, cancellationToken);
        }

        try
        {
            await engines.Processes.PrepareAsync(catalog.ArtifactOf(code), cancellationToken);
            return null;
        }
        catch (EngineException damaged) when (damaged.Kind is EngineErrorKind.ArtifactInvalid or EngineErrorKind.ArtifactTooLarge)
        {
            return CodeProblem.OfPackage(damaged);
        }
    }

    private FunctionRecord Succeed(ITransaction transaction, FunctionKey key, FunctionRecord function)
    {
        VersionPublisher.Finish(transaction, key, function, version => FunctionStates.Ready(version, ids.NewUuid()));
        return FunctionUpdate.Finish(transaction, function) with { Latest = FunctionStates.Ready(function.Latest, ids.NewUuid()) };
    }

    private FunctionRecord Fail(ITransaction transaction, FunctionKey key, FunctionRecord function, CodeProblem problem)
    {
        var (code, reason) = problem;
        VersionPublisher.Finish(transaction, key, function, version => FunctionStates.Broken(version, ids.NewUuid(), code, reason));
        if (function.Serving is not { } serving)
        {
            return function with { Latest = FunctionStates.Broken(function.Latest, ids.NewUuid(), code, reason), WakeAt = null };
        }

        // The update failed: what served goes on serving.
        CodeBlobs.Release(transaction, function.Latest.Code);
        return function with { Latest = FunctionStates.Broken(serving, ids.NewUuid(), code, reason), Serving = null, WakeAt = null };
    }

    [LoggerMessage(LogLevel.Warning, "The code of {ResourceArn} cannot be used: {Reason}")]
    private static partial void LogBroken(ILogger logger, string resourceArn, string reason);
}
