using System.Globalization;
using Fogbank.Store;

namespace Fogbank.Services.Logs.Domain;

/// <summary>A page token of GetLogEvents or FilterLogEvents: a direction and a place. Opaque to clients, and in AWS's form.</summary>
/// <param name="Direction">f or b.</param>
/// <param name="Position">The place of the event at the page's edge.</param>
internal readonly record struct EventToken(char Direction, LogPosition Position)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Direction}/{Position.TimeUnixMilliseconds:D19}{Position.Sequence:D19}/s");

    internal static bool TryParse(string text, out EventToken token)
    {
        token = default;
        if (text.Length != 42 || text[0] is not ('f' or 'b') || text[1] != '/' || !text.EndsWith("/s", StringComparison.Ordinal)
            || !long.TryParse(text.AsSpan(2, 19), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            || !long.TryParse(text.AsSpan(21, 19), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        token = new(text[0], new LogPosition(time, sequence));
        return true;
    }

    /// <summary>An id in AWS's form: 56 digits that sort as events do.</summary>
    internal static string EventId(LogPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{position.TimeUnixMilliseconds:D19}{position.Sequence:D37}");
}
