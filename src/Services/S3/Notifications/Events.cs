using Fogbank.Services.S3.Storage;
using Fogbank.Store;

namespace Fogbank.Services.S3.Notifications;

/// <summary>Writes the events of a change into the outbox, in the change's own transaction.</summary>
internal static class Events
{
    public static void Enqueue(
        ITransaction transaction, BucketRow bucket, BucketRecord current, string key, EventCause cause, ObjectRecord? created)
    {
        foreach (var rule in current.Notifications ?? [])
        {
            if (!rule.Matches(cause.Name, key))
            {
                continue;
            }

            // Ordered by key, as the sequencer is: what happens to different keys is delivered side by side.
            transaction.Enqueue(
                S3Tables.Events,
                bucket.Key.Add(rule.Id, key),
                new EventRecord
                {
                    Bucket = bucket.Name,
                    BucketAccountId = current.AccountId,
                    Region = current.Region,
                    Key = key,
                    Name = cause.Name["s3:".Length..],
                    Time = cause.Time,
                    ConfigurationId = rule.Id,
                    FunctionArn = rule.FunctionArn,
                    PrincipalId = cause.PrincipalId,
                    SourceAddress = cause.SourceAddress,
                    RequestId = cause.RequestId,
                    Size = created?.Size,
                    ETag = created?.ETag,
                },
                cause.Time);
        }
    }
}
