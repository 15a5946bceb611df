using System.Diagnostics.CodeAnalysis;
using Fogbank.Kernel;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>What updates of code and of configuration have in common.</summary>
internal static class FunctionUpdate
{
    /// <summary>Whether an update may begin; throws AWS's errors.</summary>
    internal static void Check([NotNull] FunctionRecord? function, FunctionKey key, string? revisionId)
    {
        if (function is null)
        {
            throw LambdaErrors.FunctionNotFound(key.Arn);
        }

        if (revisionId is not null && revisionId != function.Latest.RevisionId)
        {
            throw LambdaErrors.RevisionMismatch();
        }

        if (FunctionStates.IsBusy(function.Latest))
        {
            throw LambdaErrors.UpdateInProgress(key.Arn);
        }
    }

    /// <summary>The function with its update under way: the old configuration goes on serving, the reconciler is due.</summary>
    /// <param name="keepsCode">Both configurations then hold the same code, with a reference each.</param>
    internal static FunctionRecord Begin(
        ITransaction transaction, FunctionRecord function, Func<VersionRecord, VersionRecord> change, IIdSource ids, DateTimeOffset now, bool keepsCode)
    {
        if (keepsCode && !CodeBlobs.Retain(transaction, function.Latest.Code))
        {
            throw LambdaErrors.Service("The function's code is no longer stored.");
        }

        var next = FunctionStates.Updating(change(function.Latest)) with
        {
            ConfigurationId = ids.NewUuid(),
            RevisionId = ids.NewUuid(),
            LastModified = now,
        };

        // A function that never became active has nothing to serve meanwhile, and starts anew.
        return function.Latest.State == FunctionStates.Failed
            ? Replace(transaction, function, FunctionStates.Created(next), now)
            : function with { Latest = next, Serving = function.Latest, WakeAt = now };
    }

    /// <summary>The function without the configuration that served during an update.</summary>
    internal static FunctionRecord Finish(ITransaction transaction, FunctionRecord function)
    {
        if (function.Serving is { } old)
        {
            CodeBlobs.Release(transaction, old.Code);
        }

        return function with { Serving = null, WakeAt = null };
    }

    private static FunctionRecord Replace(ITransaction transaction, FunctionRecord function, VersionRecord next, DateTimeOffset now)
    {
        CodeBlobs.Release(transaction, function.Latest.Code);
        return function with { Latest = next, Serving = null, WakeAt = now };
    }
}
