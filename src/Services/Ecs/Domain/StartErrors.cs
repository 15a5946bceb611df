using Fogbank.Engines;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>Why a container could not be started, in the words of AWS's agent and the runtime below it.</summary>
internal static class StartErrors
{
    private const string Process = "CannotStartContainerError: failed to create shim task: OCI runtime create failed: unable to start container process: ";

    internal static string Of(EngineException failed) => failed.Kind switch
    {
        EngineErrorKind.CommandNotExecutable => Process + Command(failed.Message),
        EngineErrorKind.UserNotFound => $"CannotStartContainerError: unable to find user: {failed.Message}",
        EngineErrorKind.InvalidSpec => $"CannotCreateContainerError: {failed.Message}",
        _ => $"CannotStartContainerError: {failed.Message}",
    };

    // The engine names the program in quotes; what it says otherwise is passed on.
    private static string Command(string message)
    {
        if (message.Split('\'', 3) is not [_, { Length: > 0 } program, var why])
        {
            return message;
        }

        return Has("folder of PATH") ? $"exec: \"{program}\": executable file not found in $PATH: unknown"
            : Has("no such file") ? $"exec: \"{program}\": stat {program}: no such file or directory: unknown"
            : Has("is no file") ? $"exec: \"{program}\": is a directory: unknown"
            : Has("permission denied") ? $"exec: \"{program}\": permission denied: unknown"
            : Has("exec format error") ? $"exec {program}: exec format error: unknown"
            : message;

        bool Has(string words) => why.Contains(words, StringComparison.Ordinal);
    }
}
