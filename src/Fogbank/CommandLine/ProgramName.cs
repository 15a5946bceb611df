namespace Fogbank.CommandLine;

/// <summary>What the program was called as, so that what it tells a user to type can be typed: <c>./fogbank</c> from a checkout.</summary>
internal static class ProgramName
{
    internal static string Text { get; } = Of(Environment.GetCommandLineArgs()[0]);

    /// <param name="called">The program's name as the caller gave it: a path, a bare name, or the assembly where it runs on the JIT.</param>
    internal static string Of(string called) =>
        Path.GetFileName(called) == "fogbank" && called.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_') ? called : "fogbank";
}
