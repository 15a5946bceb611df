using System.Globalization;

namespace Fogbank.Kernel;

/// <summary>
/// Reads the settings of services, each by one name: <c>FOGBANK_LAMBDA_KEEP_ALIVE</c>. What cannot be used is told with all else that cannot,
/// and its default is answered.
/// </summary>
/// <param name="find">The text of a name; null or empty: not set.</param>
public sealed class SettingReader(Func<string, string?> find)
{
    private readonly List<string> _problems = [];

    /// <summary>What is wrong with what was read, a sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>A time such as <c>50ms</c>, <c>30s</c>, <c>10m</c> or <c>11h</c>.</summary>
    public TimeSpan Time(string name, TimeSpan otherwise, TimeSpan min, TimeSpan max) =>
        find(name) is not { Length: > 0 } text
            ? otherwise
            : TryParse(text, out var time) && time >= min && time <= max
            ? time
            : Refuse(name, text, $"a time from {Text(min)} to {Text(max)}, such as 50ms, 30s, 10m or 11h", otherwise);

    /// <summary>Times with commas between them; at least one.</summary>
    public IReadOnlyList<TimeSpan> Times(string name, IReadOnlyList<TimeSpan> otherwise, TimeSpan min, TimeSpan max)
    {
        if (find(name) is not { Length: > 0 } text)
        {
            return otherwise;
        }

        var times = new List<TimeSpan>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryParse(part, out var time) || time < min || time > max)
            {
                return Refuse(name, text, $"times from {Text(min)} to {Text(max)} with commas between them, such as 1m,2m", otherwise);
            }

            times.Add(time);
        }

        return times;
    }

    /// <summary>A whole number.</summary>
    public int Number(string name, int otherwise, int min, int max) =>
        find(name) is not { Length: > 0 } text
            ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : Refuse(name, text, string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"), otherwise);

    private static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var unit = text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        if (unit == 0 || !int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        time = TimeSpan.FromTicks(unit * count);
        return true;
    }

    private static string Text(TimeSpan time)
    {
        var (count, unit) = time switch
        {
            { TotalHours: >= 1, Minutes: 0, Seconds: 0 } => (time.TotalHours, "h"),
            { TotalMinutes: >= 1, Seconds: 0 } => (time.TotalMinutes, "m"),
            { TotalSeconds: >= 1, Milliseconds: 0 } => (time.TotalSeconds, "s"),
            _ => (time.TotalMilliseconds, "ms"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count:0}{unit}");
    }

    private T Refuse<T>(string name, string text, string wanted, T otherwise)
    {
        _problems.Add($"{name}={text}: give {wanted}.");
        return otherwise;
    }
}
