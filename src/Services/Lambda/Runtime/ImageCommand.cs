using Fogbank.Engines;
using Fogbank.Kernel.Images;
using Fogbank.Services.Lambda.Domain;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>What an image starts, with what the function's own settings replace.</summary>
internal sealed record ImageCommand(IReadOnlyList<string> EntryPoint, IReadOnlyList<string> Arguments, string WorkingDirectory)
{
    internal const string InvalidWorkingDirectory = "Runtime.InvalidWorkingDir";

    /// <summary>Program and arguments; empty where neither image nor function name any.</summary>
    internal IReadOnlyList<string> Words => [.. EntryPoint, .. Arguments];

    /// <summary>What runtime clients look for in <c>_HANDLER</c>: the first argument of an entry point. Null where the command is the program itself.</summary>
    internal string? Handler => EntryPoint.Count > 0 && Arguments.Count > 0 ? Arguments[0] : null;

    internal static ImageCommand Of(ImageConfiguration image, ImageConfigRecord? config)
    {
        var folder = config?.WorkingDirectory ?? image.WorkingDirectory;
        return new(
            config?.EntryPoint ?? image.Entrypoint,
            config?.Command ?? image.Command,
            folder.Length == 0 ? "/" : Path.GetFullPath(folder, "/"));
    }

    /// <summary>What the sandbox says of a command that could not be started, in the words of AWS's, which are Go's.</summary>
    internal StartProblem Explain(EngineException failed)
    {
        var (program, message) = (Words[0], failed.Message);
        if (Has("chdir") || Has("cwd"))
        {
            return new(InvalidWorkingDirectory, $"chdir {WorkingDirectory}: {(Has("ermission denied") ? "permission denied" : "no such file or directory")}");
        }

        var reason = Has("ermission denied") ? "permission denied" : Has("exec format error") ? "exec format error" : "no such file or directory";
        return new(
            ErrorPayload.InvalidEntrypoint,
            program.Contains('/', StringComparison.Ordinal) ? $"fork/exec {program}: {reason}" : $"exec: \"{program}\": executable file not found in $PATH");

        bool Has(string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Why an environment has no process.</summary>
internal sealed record StartProblem(string ErrorType, string Text);
