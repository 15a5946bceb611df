using System.Globalization;
using Fogbank.Contracts.Lambda;
using Fogbank.Control;
using Fogbank.Kernel;
using Fogbank.Services.S3.Storage;
using Fogbank.Store;
using Microsoft.Extensions.Logging;

namespace Fogbank.Services.S3.Notifications;

/// <summary>Takes events out of the outbox to their functions: in order per key, again and again until Lambda has taken them.</summary>
internal sealed partial class EventDelivery(IRegion region, TimeProvider time, ILogger<EventDelivery> log) : IOutboxConsumer<EventRecord>
{
    /// <summary>How long an event is tried; AWS gives up after about as long.</summary>
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(24);

    public static WorkOptions Options { get; } = new()
    {
        Concurrency = 16,
        MinBackoff = TimeSpan.FromSeconds(1),
        MaxBackoff = TimeSpan.FromMinutes(5),
        PassTimeout = TimeSpan.FromMinutes(1),
    };

    public async ValueTask<Next> ConsumeAsync(OutboxItem<EventRecord> item, CancellationToken cancellationToken)
    {
        var record = item.Value;
        var age = time.GetUtcNow() - record.Time;
        try
        {
            var function = LambdaTarget.Parse(record.FunctionArn);
            await region.SendAsync(
                new InvokeRequest
                {
                    FunctionName = function.Name,
                    Qualifier = function.Qualifier,
                    InvocationType = "Event",
                    Payload = EventDocument.Write(record, item.Number),
                },
                Principal.Service("s3.amazonaws.com", record.BucketAccountId, $"arn:aws:s3:::{record.Bucket}"),
                function.Scope,
                // The outbox's number is the same at each attempt and used once in this database.
                string.Create(CultureInfo.InvariantCulture, $"s3-event:{record.Bucket}:{record.Time.ToUnixTimeMilliseconds()}:{item.Number}"),
                cancellationToken);
            return Next.Done;
        }
        catch (AwsException exception) when (IsFinal(exception) || age > s_lifetime)
        {
            LogDropped(log, record.Name, record.Bucket, record.FunctionArn, exception.Code.Name, exception.Message);
            return Next.Done;
        }
        catch (AwsException exception)
        {
            // Throttled, or not ready yet: an answer like others, no failure of this pass.
            var wait = Wait(item.Attempts);
            LogLater(log, record.Name, record.Bucket, record.FunctionArn, exception.Code.Name, wait);
            return Next.After(wait);
        }
    }

    /// <summary>One second, doubled with each attempt, at most five minutes.</summary>
    private static TimeSpan Wait(int attempts) => TimeSpan.FromSeconds(Math.Min(1 << Math.Min(attempts, 9), 300));

    /// <summary>Errors that no repetition mends: the function is gone, or it no longer lets the bucket call it.</summary>
    private static bool IsFinal(AwsException exception) =>
        !exception.Code.IsServerFault && exception.Code.Status is 400 or 403 or 404 or 413;

    [LoggerMessage(LogLevel.Warning, "Event {EventName} of bucket {Bucket} for {ResourceArn} was dropped: {ErrorCode}: {Reason}")]
    private static partial void LogDropped(
        ILogger logger, string eventName, string bucket, string resourceArn, string errorCode, string reason);

    [LoggerMessage(LogLevel.Debug, "Event {EventName} of bucket {Bucket} for {ResourceArn} waits {Wait}: {ErrorCode}")]
    private static partial void LogLater(
        ILogger logger, string eventName, string bucket, string resourceArn, string errorCode, TimeSpan wait);
}
