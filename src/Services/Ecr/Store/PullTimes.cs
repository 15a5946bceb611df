using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Store;

/// <summary>When images were pulled.</summary>
internal static class PullTimes
{
    /// <summary>AWS notes the time of a pull at most once in so long; a pull in between costs no write.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromHours(24);

    /// <summary>Notes a pull, unless one was noted lately.</summary>
    internal static ValueTask RecordPullAsync(
        this EcrStore store, RepositoryKey key, ImageRecord image, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (image.LastPulledAt is { } last && now - last < Grain)
        {
            return ValueTask.CompletedTask;
        }

        var row = EcrStore.KeyOf(key).Add(image.Digest);
        return store.Database.WriteAsync(
            transaction =>
            {
                if (transaction.Get(EcrSchema.Images, row).Value is { } current && !(now - current.LastPulledAt < Grain))
                {
                    transaction.Put(EcrSchema.Images, row, current with { LastPulledAt = now });
                }
            },
            cancellationToken);
    }
}
