using System.CommandLine;

namespace Fogbank.CommandLine;

/// <summary>Reads the command line. What is wrong with it is said in a line each, with exit code 2, not buried under the help.</summary>
internal static class Usage
{
    internal static Task<int> RunAsync(string[] args, InvocationConfiguration configuration)
    {
        // A payload of @file means the file's text, not more options.
        var parser = new ParserConfiguration { ResponseFileTokenReplacer = null };
        var root = FogbankCommand.Create();
        var parsed = root.Parse(args, parser);
        if (parsed.Errors.Count == 0)
        {
            return parsed.InvokeAsync(configuration);
        }

        if (parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0)
        {
            // A group of commands, and nothing else: the question is which there are.
            return root.Parse([.. args, "--help"], parser).InvokeAsync(configuration);
        }

        var path = string.Join(' ', Commands(parsed.CommandResult).Reverse().Prepend("fogbank"));
        foreach (var message in parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal))
        {
            // The second line that an unknown word causes: it says nothing more.
            if (parsed.UnmatchedTokens.Count == 0 || !message.StartsWith("Required command", StringComparison.Ordinal))
            {
                configuration.Error.WriteLine($"fogbank: {message}");
            }
        }

        configuration.Error.WriteLine($"See `{path} --help`.");
        return Task.FromResult(2);
    }

    private static IEnumerable<string> Commands(System.CommandLine.Parsing.SymbolResult? result)
    {
        for (; result is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command; result = result.Parent)
        {
            yield return command.Command.Name;
        }
    }
}
