using System.Globalization;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>Freezes $LATEST into a numbered version, inside the caller's transaction.</summary>
internal static class VersionPublisher
{
    /// <summary>The function with one more version, which is written; the caller writes the function.</summary>
    internal static FunctionRecord Publish(ITransaction transaction, FunctionKey key, FunctionRecord function, string? description, string revisionId)
    {
        var number = function.LastPublished + 1;
        if (!transaction.RetainBlob(new BlobId(function.Latest.Code.BlobId)))
        {
            throw LambdaErrors.Service("The function's code is no longer stored.");
        }

        transaction.Put(LambdaSchema.Versions, LambdaStore.KeyOf(key).Add(number), function.Latest with
        {
            Version = number.ToString(CultureInfo.InvariantCulture),
            RevisionId = revisionId,
            Description = description ?? function.Latest.Description,
            State = FunctionStates.Active,
            StateReason = null,
            StateReasonCode = null,
            LastUpdateStatus = FunctionStates.Successful,
            LastUpdateStatusReason = null,
            LastUpdateStatusReasonCode = null,
        });
        return function with { LastPublished = number };
    }

    /// <summary>The newest version where nothing has changed since: publishing again gives that one.</summary>
    internal static VersionRecord? FindUnchanged(ITransaction transaction, FunctionKey key, FunctionRecord function)
    {
        var newest = transaction.Get(LambdaSchema.Versions, LambdaStore.KeyOf(key).Add(function.LastPublished)).Value;
        return newest?.ConfigurationId == function.Latest.ConfigurationId ? newest : null;
    }
}
