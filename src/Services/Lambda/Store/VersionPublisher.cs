using System.Globalization;
using Fogbank.Services.Lambda.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Lambda.Store;

/// <summary>
/// Freezes $LATEST into a numbered version, inside the caller's transaction. Published together with new code it is Pending until the
/// reconciler has prepared that code; it then becomes what the function becomes, Active or Failed.
/// </summary>
internal static class VersionPublisher
{
    /// <summary>Writes one more version; the caller writes the function.</summary>
    internal static (FunctionRecord Function, VersionRecord Version) Publish(
        ITransaction transaction, FunctionKey key, FunctionRecord function, string? description, string revisionId)
    {
        var number = function.LastPublished + 1;
        if (!CodeBlobs.Retain(transaction, function.Latest.Code))
        {
            throw LambdaErrors.Service("The function's code is no longer stored.");
        }

        var version = function.Latest with
        {
            Version = number.ToString(CultureInfo.InvariantCulture),
            RevisionId = revisionId,
            Description = description ?? function.Latest.Description,
        };
        version = FunctionStates.IsBusy(function.Latest) ? FunctionStates.Publishing(version) : FunctionStates.Ready(version, revisionId);
        transaction.Put(LambdaSchema.Versions, LambdaStore.KeyOf(key).Add(number), version);
        return (function with { LastPublished = number }, version);
    }

    /// <summary>Ends the publication that came with a creation or an update: no other can have begun meanwhile.</summary>
    /// <param name="change">From Pending to what it is from now on.</param>
    internal static void Finish(ITransaction transaction, FunctionKey key, FunctionRecord function, Func<VersionRecord, VersionRecord> change)
    {
        var row = LambdaStore.KeyOf(key).Add(function.LastPublished);
        if (transaction.Get(LambdaSchema.Versions, row).Value is { State: FunctionStates.Pending } version
            && version.ConfigurationId == function.Latest.ConfigurationId)
        {
            transaction.Put(LambdaSchema.Versions, row, change(version));
        }
    }

    /// <summary>The newest version where nothing has changed since: publishing again gives that one.</summary>
    internal static VersionRecord? FindUnchanged(ITransaction transaction, FunctionKey key, FunctionRecord function)
    {
        var newest = transaction.Get(LambdaSchema.Versions, LambdaStore.KeyOf(key).Add(function.LastPublished)).Value;
        return newest?.ConfigurationId == function.Latest.ConfigurationId ? newest : null;
    }
}
