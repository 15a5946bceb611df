namespace Fogbank.Tests.Unit.Contracts;

/// <summary>Where the repository lies, and the public models beside it.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Golden(string file) => Path.Combine(Root, "tests", "Unit", "Contracts", "Golden", file);

    /// <summary>The folder of a public model; null where this machine has none.</summary>
    internal static string? Model(string api)
    {
        var folder = Path.GetFullPath(Path.Combine(Root, "..", "shared", "api-models", api));
        // A worktree may lie one level deeper than the repository itself.
        var deeper = Path.GetFullPath(Path.Combine(Root, "..", "..", "shared", "api-models", api));
        return Directory.Exists(folder) ? folder : Directory.Exists(deeper) ? deeper : null;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fogbank.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder;
    }
}
