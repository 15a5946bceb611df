using System.Text.RegularExpressions;
using Fogbank.Client;

namespace Fogbank.CommandLine.Functions;

/// <summary>What a folder is, judged by its files.</summary>
/// <param name="Runtime">The runtime that fits, such as <c>python3.12</c>.</param>
/// <param name="Handler">The handler, in the runtime's form.</param>
/// <param name="Project">A .NET project that must be published first; null where the folder is the code.</param>
internal sealed partial record FunctionFolder(string Runtime, string Handler, string? Project)
{
    private static readonly string[] PythonNames = ["lambda_function.py", "app.py", "main.py", "handler.py", "index.py"];
    private static readonly string[] NodeNames = ["index.mjs", "index.js", "index.cjs", "app.mjs", "app.js", "handler.mjs", "handler.js"];

    /// <summary>Looks for the first thing that tells.</summary>
    /// <exception cref="CommandException">Nothing tells; the message says what would.</exception>
    internal static FunctionFolder Guess(string folder)
    {
        if (File.Exists(Path.Combine(folder, "bootstrap")))
        {
            return new("provided.al2023", "bootstrap", null);
        }

        return GuessDotNet(folder) ?? GuessPython(folder) ?? GuessNode(folder) ?? throw new CommandException(
            $"It is not clear what {folder} runs on. It has no bootstrap, no .csproj, no {string.Join(", ", PythonNames)} and no "
            + $"{string.Join(", ", NodeNames)} with a handler. Say it with --runtime and --handler.");
    }

    private static FunctionFolder? GuessDotNet(string folder)
    {
        var project = Directory.EnumerateFiles(folder, "*.csproj").Order(StringComparer.Ordinal).FirstOrDefault();
        if (project is null)
        {
            return null;
        }

        var text = File.ReadAllText(project);
        var assembly = AssemblyName().Match(text) is { Success: true } named ? named.Groups[1].Value : Path.GetFileNameWithoutExtension(project);
        if (text.Contains("<OutputType>Exe</OutputType>", StringComparison.OrdinalIgnoreCase))
        {
            return new("dotnet10", assembly, project);
        }

        foreach (var file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var separator = Path.DirectorySeparatorChar;
            if (file.Contains($"{separator}obj{separator}", StringComparison.Ordinal) || file.Contains($"{separator}bin{separator}", StringComparison.Ordinal))
            {
                continue;
            }

            var source = File.ReadAllText(file);
            if (DotNetMethod().Match(source) is { Success: true } method && DotNetClass().Matches(source[..method.Index]).LastOrDefault() is { } type)
            {
                var prefix = DotNetNamespace().Match(source) is { Success: true } found ? found.Groups[1].Value + "." : "";
                return new("dotnet10", $"{assembly}::{prefix}{type.Groups[1].Value}::{method.Groups[1].Value}", project);
            }
        }

        throw new CommandException(
            $"{project} has no public method called FunctionHandler, Handler or HandleAsync. Say which one with --handler Assembly::Namespace.Class::Method.");
    }

    private static FunctionFolder? GuessPython(string folder) => Find(folder, PythonNames, PythonFunction(), "python3.12");

    private static FunctionFolder? GuessNode(string folder) => Find(folder, NodeNames, NodeFunction(), "nodejs20.x");

    private static FunctionFolder? Find(string folder, string[] names, Regex pattern, string runtime)
    {
        foreach (var name in names)
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path) && pattern.Match(File.ReadAllText(path)) is { Success: true } found)
            {
                return new(runtime, $"{Path.GetFileNameWithoutExtension(name)}.{found.Groups["name"].Value}", null);
            }
        }

        return null;
    }

    [GeneratedRegex("<AssemblyName>([^<]+)</AssemblyName>")]
    private static partial Regex AssemblyName();

    [GeneratedRegex(@"^\s*namespace\s+([A-Za-z0-9_.]+)", RegexOptions.Multiline)]
    private static partial Regex DotNetNamespace();

    [GeneratedRegex(@"\bclass\s+([A-Za-z0-9_]+)")]
    private static partial Regex DotNetClass();

    [GeneratedRegex(@"\bpublic\s+(?:static\s+)?(?:async\s+)?[A-Za-z0-9_.<>\[\]?, ]+\s+(FunctionHandler(?:Async)?|Handler|HandleAsync|Handle)\s*\(")]
    private static partial Regex DotNetMethod();

    [GeneratedRegex(@"^(?:async\s+)?def\s+(?<name>lambda_handler|handler|main)\s*\(", RegexOptions.Multiline)]
    private static partial Regex PythonFunction();

    [GeneratedRegex(@"export\s+(?:const|let|async\s+function|function)\s+(?<name>handler)\b|(?:module\.)?exports\.(?<name>handler)\b|export\s*\{[^}]*\b(?<name>handler)\b")]
    private static partial Regex NodeFunction();
}
