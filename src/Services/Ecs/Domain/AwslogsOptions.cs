using System.Globalization;
using System.Text.RegularExpressions;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>Options of the log driver <c>awslogs</c>: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html</summary>
internal sealed partial record AwslogsOptions
{
    private const int DefaultBuffer = 10 * 1024 * 1024;

    // A pattern runs on what a workload writes: one that goes wrong must not hold up the region.
    private static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(250);

    public required string Group { get; init; }

    public required string Region { get; init; }

    public required string Prefix { get; init; }

    public bool CreateGroup { get; init; }

    /// <summary>What does not fit into the buffer is dropped, instead of holding up the container.</summary>
    public bool NonBlocking { get; init; }

    public int BufferBytes { get; init; } = DefaultBuffer;

    /// <summary>Matches the lines that begin an event; null where every line is one.</summary>
    public Regex? EventStart { get; init; }

    internal string StreamOf(string container, string taskId) => $"{Prefix}/{container}/{taskId}";

    /// <summary>Reads the options; throws AWS's error for one that makes no sense.</summary>
    internal static AwslogsOptions Parse(IReadOnlyDictionary<string, string> options, string defaultMode)
    {
        if (options.TryGetValue("awslogs-datetime-format", out var format) && options.ContainsKey("awslogs-multiline-pattern"))
        {
            throw EcsErrors.Client("awslogs-datetime-format and awslogs-multiline-pattern cannot be configured together");
        }

        if (options.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
        {
            throw EcsErrors.Client($"Log driver awslogs disallows options: {unknown}");
        }

        var mode = options.GetValueOrDefault("mode", defaultMode);
        if (mode is not ("blocking" or "non-blocking"))
        {
            throw EcsErrors.Client($"Invalid value for log option mode: {mode}");
        }

        return new()
        {
            Group = options.GetValueOrDefault("awslogs-group", ""),
            Region = options.GetValueOrDefault("awslogs-region", ""),
            Prefix = options.GetValueOrDefault("awslogs-stream-prefix", ""),
            CreateGroup = options.GetValueOrDefault("awslogs-create-group") is "true",
            NonBlocking = mode == "non-blocking",
            BufferBytes = options.TryGetValue("max-buffer-size", out var size) ? Size(size) : DefaultBuffer,
            EventStart = Pattern(options.GetValueOrDefault("awslogs-multiline-pattern") ?? (format is null ? null : TimePattern(format))),
        };
    }

    private static IReadOnlyList<string> Known { get; } =
    [
        "awslogs-group", "awslogs-region", "awslogs-stream-prefix", "awslogs-create-group", "awslogs-datetime-format",
        "awslogs-multiline-pattern", "mode", "max-buffer-size",
    ];

    /// <summary>The pattern of a strftime format, as Docker's driver reads it.</summary>
    internal static string TimePattern(string format)
    {
        var pattern = new System.Text.StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                pattern.Append(Regex.Escape(format[i].ToString()));
                continue;
            }

            pattern.Append(format[++i] switch
            {
                'A' => "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)",
                'a' => "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
                'B' => "(?:January|February|March|April|May|June|July|August|September|October|November|December)",
                'b' => "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
                'c' => @"(?s)(?:\d{1,2}/\d{1,2}/\d{2,4} \d{1,2}:\d{2}:\d{2})",
                'd' or 'm' or 'H' or 'I' or 'M' or 'S' or 'y' or 'U' or 'W' => @"\d{2}",
                'j' => @"\d{3}",
                'L' => @"\.\d{3}",
                'f' => @"\d{6}",
                'p' => "[A-Z]{2}",
                'w' => @"\d",
                'Y' => @"\d{4}",
                'Z' => "[A-Z]{1,4}T",
                'z' => @"[+-]\d{4}",
                '%' => "%",
                var other => throw EcsErrors.Client($"awslogs-datetime-format: the code %{other} is not known"),
            });
        }

        return pattern.ToString();
    }

    private static Regex? Pattern(string? text)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            return new Regex(text, RegexOptions.CultureInvariant, PatternTime);
        }
        catch (ArgumentException)
        {
            throw EcsErrors.Client($"awslogs could not parse multiline pattern key \"{text}\"");
        }
    }

    /// <summary>Reads <c>4m</c>, <c>512k</c>, <c>1048576</c>.</summary>
    private static int Size(string text)
    {
        if (SizeText().Match(text) is { Success: true } match
            && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            var bytes = match.Groups[2].Value.ToLowerInvariant() switch { "k" => number << 10, "m" => number << 20, "g" => number << 30, _ => number };
            if (number < 1 << 30 && bytes is > 0 and <= 1 << 30)
            {
                return (int)bytes;
            }
        }

        throw EcsErrors.Client($"Invalid value for log option max-buffer-size: {text}");
    }

    [GeneratedRegex(@"\A([0-9]+)([kKmMgG]?)[bB]?\z")]
    private static partial Regex SizeText();
}
