namespace Fogbank.Services.Lambda.Domain;

/// <summary>When an asynchronous event is tried again: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html</summary>
internal sealed class RetryPlan(LambdaOptions options)
{
    private const int DefaultAttempts = 2;

    private static readonly TimeSpan DefaultAge = TimeSpan.FromHours(6);

    /// <summary>Whether the event is too old to be tried at all.</summary>
    internal static bool IsExpired(AsyncEventRecord item, EventInvokeRecord? settings, DateTimeOffset now) => now - item.AcceptedAt > MaxAge(settings);

    /// <summary>After the function failed: the event with its next attempt; null where it is given up.</summary>
    internal AsyncEventRecord? AfterFailure(AsyncEventRecord item, EventInvokeRecord? settings, DateTimeOffset now)
    {
        if (item.FailedAttempts >= (settings?.MaximumRetryAttempts ?? DefaultAttempts))
        {
            return null;
        }

        var delay = options.RetryDelays[Math.Min(item.FailedAttempts, options.RetryDelays.Count - 1)];
        return now + delay - item.AcceptedAt > MaxAge(settings)
            ? null
            : item with { FailedAttempts = item.FailedAttempts + 1, ThrottledAttempts = 0, WakeAt = now + delay };
    }

    /// <summary>After a throttle or an error of the region's: the event with its next attempt; null where its age ends before.</summary>
    internal AsyncEventRecord? AfterThrottle(AsyncEventRecord item, EventInvokeRecord? settings, DateTimeOffset now)
    {
        var factor = Math.Pow(2, Math.Min(item.ThrottledAttempts, 30));
        var delay = TimeSpan.FromTicks((long)Math.Min(options.MinThrottleBackoff.Ticks * factor, options.MaxThrottleBackoff.Ticks));
        return now + delay - item.AcceptedAt > MaxAge(settings)
            ? null
            : item with { ThrottledAttempts = item.ThrottledAttempts + 1, WakeAt = now + delay };
    }

    private static TimeSpan MaxAge(EventInvokeRecord? settings) =>
        settings?.MaximumEventAgeSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultAge;
}
