using System.Globalization;

namespace Fogbank.Store;

/// <summary>A place in the order of a log: by time, then by sequence.</summary>
public readonly record struct LogPosition(long TimeUnixMilliseconds, long Sequence) : IComparable<LogPosition>
{
    public int CompareTo(LogPosition other) =>
        TimeUnixMilliseconds != other.TimeUnixMilliseconds
            ? TimeUnixMilliseconds.CompareTo(other.TimeUnixMilliseconds)
            : Sequence.CompareTo(other.Sequence);

    public static bool operator <(LogPosition left, LogPosition right) => left.CompareTo(right) < 0;

    public static bool operator <=(LogPosition left, LogPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >(LogPosition left, LogPosition right) => left.CompareTo(right) > 0;

    public static bool operator >=(LogPosition left, LogPosition right) => left.CompareTo(right) >= 0;

    /// <summary>As <c>time:sequence</c>; <see cref="TryParse"/> reads it back.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TimeUnixMilliseconds}:{Sequence}");

    public static bool TryParse(string? text, out LogPosition position)
    {
        position = default;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0
            || !long.TryParse(text.AsSpan(0, colon), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)
            || !long.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        position = new LogPosition(time, sequence);
        return true;
    }
}
