using System.Globalization;
using Fogbank.Client;

namespace Fogbank.CommandLine;

/// <summary>Reads ages: 30s, 10m, 2h, 1d.</summary>
internal static class Age
{
    internal static TimeSpan? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count < 1e6)
        {
            switch (text[^1])
            {
                case 's':
                    return TimeSpan.FromSeconds(count);
                case 'm':
                    return TimeSpan.FromMinutes(count);
                case 'h':
                    return TimeSpan.FromHours(count);
                case 'd':
                    return TimeSpan.FromDays(count);
            }
        }

        throw new CommandException($"{text} is not an age. Give one like 30s, 10m, 2h or 1d.");
    }
}
