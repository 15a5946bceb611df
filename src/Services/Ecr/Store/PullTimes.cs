using Fogbank.Services.Ecr.Domain;
using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.Ecr.Store;

/// <summary>Records when images were pulled, once a day each, as AWS does: most pulls write nothing.</summary>
internal sealed partial class PullTimes(EcrStore store, TimeProvider time, ILogger<PullTimes> logger)
{
    /// <summary>https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html: "refreshed every 24 hours".</summary>
    internal static readonly TimeSpan Grain = TimeSpan.FromHours(24);

    internal async ValueTask RecordAsync(RepositoryKey key, ImageRecord image, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (image.LastPulledAt is { } last && now - last < Grain)
        {
            return;
        }

        var row = EcrStore.KeyOf(key).Add(image.Digest);
        try
        {
            await store.Database.WriteAsync(
                transaction =>
                {
                    if (transaction.Get(EcrSchema.Images, row).Value is { } current && !(now - current.LastPulledAt < Grain))
                    {
                        transaction.Put(EcrSchema.Images, row, current with { LastPulledAt = now });
                    }
                },
                cancellationToken);
        }
        catch (StoreException failed)
        {
            // A disk that is full must not keep anybody from pulling.
            LogNotRecorded(logger, failed, key.Name, image.Digest);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The pull of {Repository} {Digest} could not be recorded")]
    private static partial void LogNotRecorded(ILogger logger, Exception exception, string repository, string digest);
}
