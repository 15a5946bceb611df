using Microsoft.Extensions.Logging;

namespace Fogbank.Hosting;

/// <summary>Writes log messages to standard error, one line each: time, level, area, message. Standard output is for results.</summary>
internal sealed class ConsoleLog(TextWriter target, LogLevel minimum, TimeProvider time) : ILoggerFactory
{
    private readonly Lock _gate = new();

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Messages go to standard error only.");

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string category, string message, Exception? fault)
    {
        var name = level switch
        {
            LogLevel.Trace or LogLevel.Debug => "debug",
            LogLevel.Information => "info ",
            LogLevel.Warning => "warn ",
            _ => "error",
        };
        var area = category[(category.LastIndexOf('.') + 1)..];
        lock (_gate)
        {
            target.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {name} {area}: {OneLine(message)}");
            if (fault is not null)
            {
                target.WriteLine(fault);
            }
        }
    }

    // Messages carry what strangers send: paths, origins, names in archives. None of it may look like a message of its own or steer a terminal.
    private static string OneLine(string message) => message.Any(char.IsControl)
        ? string.Concat(message.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString()))
        : message;

    private sealed class Category(ConsoleLog owner, string name) : ILogger
    {
        // The web server's own chatter is of no use to a region's owner.
        private readonly LogLevel _minimum =
            name.StartsWith("Microsoft.", StringComparison.Ordinal) && owner.Minimum < LogLevel.Warning ? LogLevel.Warning : owner.Minimum;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                owner.Write(logLevel, name, formatter(state, exception), exception);
            }
        }
    }

    private LogLevel Minimum { get; } = minimum;
}
