using Fogbank.Contracts.Logs;
using Fogbank.Services.Logs.Domain;

namespace Fogbank.Services.Logs.Operations;

/// <summary>Which events of a batch are taken: the others are too old, expired or too far in the future, and their places are told.</summary>
internal sealed record EventAcceptance(IReadOnlyList<InputLogEvent> Accepted, RejectedLogEventsInfo? Rejected)
{
    /// <param name="events">In order of time.</param>
    internal static EventAcceptance Of(IReadOnlyList<InputLogEvent> events, LogGroupRecord group, DateTimeOffset now)
    {
        var oldest = (now - LogLimits.Past).ToUnixTimeMilliseconds();
        var newest = (now + LogLimits.Future).ToUnixTimeMilliseconds();
        var expiry = group.ExpiryAt(now)?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var tooOld = 0;
        var expired = 0;
        var end = events.Count;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Timestamp < expiry)
            {
                expired = i + 1;
            }

            if (events[i].Timestamp < oldest)
            {
                tooOld = i + 1;
            }

            if (events[i].Timestamp > newest)
            {
                end = i;
                break;
            }
        }

        var start = Math.Max(tooOld, expired);
        if (start == 0 && end == events.Count)
        {
            return new(events, null);
        }

        return new(
            start < end ? [.. events.Skip(start).Take(end - start)] : [],
            new()
            {
                TooOldLogEventEndIndex = tooOld > 0 ? tooOld : null,
                ExpiredLogEventEndIndex = expired > 0 ? expired : null,
                TooNewLogEventStartIndex = end < events.Count ? end : null,
            });
    }
}
