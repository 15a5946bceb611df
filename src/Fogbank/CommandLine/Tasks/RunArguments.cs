namespace Fogbank.CommandLine.Tasks;

/// <summary>What stands behind the image belongs to the container, also where it looks like an option of ours.</summary>
internal static class RunArguments
{
    internal static string[] Normalize(string[] args)
    {
        if (args is not ["run", ..])
        {
            return args;
        }

        for (var i = 1; i < args.Length; i++)
        {
            if (!args[i].StartsWith('-'))
            {
                return i + 1 == args.Length || args[i + 1] == "--" ? args : [.. args[..(i + 1)], "--", .. args[(i + 1)..]];
            }

            if (args[i] == "--")
            {
                return args;
            }

            if (args[i] is not ("--show-aws" or "--help" or "-h" or "-?") && !args[i].Contains('=', StringComparison.Ordinal))
            {
                i++; // Its value.
            }
        }

        return args;
    }
}
