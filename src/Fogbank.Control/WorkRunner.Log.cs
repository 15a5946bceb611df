using Microsoft.Extensions.Logging;

namespace Fogbank.Control;

internal abstract partial class WorkRunner
{
    [LoggerMessage(LogLevel.Warning, "A pass of {Work} for {Key} failed (attempt {Attempt}); the next is at {Until}")]
    private static partial void LogPassFailed(ILogger logger, string work, string key, int attempt, DateTimeOffset until, Exception failure);

    [LoggerMessage(LogLevel.Error, "That a pass of {Work} for {Key} failed could not be written down")]
    private static partial void LogNotPostponed(ILogger logger, string work, string key, Exception failure);

    [LoggerMessage(LogLevel.Warning, "The pass of {Work} for {Key} did not end before the stop's deadline; it is repeated after the next start")]
    private static partial void LogAborted(ILogger logger, string work, string key);

    [LoggerMessage(LogLevel.Error, "A pass of {Work} does not end although it was cancelled; it is left behind")]
    private static partial void LogAbandoned(ILogger logger, string work);

    [LoggerMessage(LogLevel.Error, "The due work of {Work} could not be read; it will be tried again")]
    private static partial void LogSweepFailed(ILogger logger, string work, Exception failure);
}
