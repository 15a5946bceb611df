using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Fogbank.Client;

namespace Fogbank.CommandLine;

/// <summary>What commands that talk to a region share.</summary>
internal static class Shared
{
    /// <summary>A new option for each command: options belong to one.</summary>
    internal static Option<string?> Endpoint() => new("--endpoint")
    {
        Description = "Address of the region. Default http://127.0.0.1:4566. [FOGBANK_ENDPOINT, AWS_ENDPOINT_URL]",
        HelpName = "url",
    };

    internal static Option<bool> ShowAws() => new("--show-aws")
    {
        Description = "Print the AWS CLI form of every call that is made.",
    };

    /// <summary>Reads a whole number, for <c>CustomParser</c>: the library's own message names .NET types.</summary>
    internal static int? Number(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        result.AddError($"{(result.Parent as OptionResult)?.IdentifierToken?.Value} {text}: give a whole number.");
        return null;
    }

    internal static Uri Address(string? given)
    {
        var text = given ?? Setting("FOGBANK_ENDPOINT") ?? Setting("AWS_ENDPOINT_URL") ?? "http://127.0.0.1:4566";
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new Uri(address.GetLeftPart(UriPartial.Authority))
            : throw new CommandException($"{text} is not an address. Give one like http://127.0.0.1:4566.");
    }

    internal static AwsClient Client(string? endpoint, bool showAws) =>
        new(Address(endpoint), showAws ? call => Console.Error.WriteLine($"  $ {call}") : null);

    /// <summary>Runs a command's body; what it cannot do is said in a line, with exit code 1.</summary>
    internal static async Task<int> RunAsync(Func<Task<int>> body)
    {
        try
        {
            return await body();
        }
        catch (CommandException fault)
        {
            Console.Error.WriteLine($"fogbank: {fault.Message}");
            return 1;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"fogbank: {fault.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    internal static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
