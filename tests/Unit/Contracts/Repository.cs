namespace Fogbank.Tests.Unit.Contracts;

/// <summary>Where the repository lies, and the public models beside it.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot();

    internal static string Golden(string file) => Path.Combine(Root, "tests", "Unit", "Contracts", "Golden", file);

    /// <summary>The folder of a public model; null where this machine has none.</summary>
    internal static string? Model(string api)
    {
        for (var above = Path.GetDirectoryName(Root); above is not null; above = Path.GetDirectoryName(above))
        {
            var folder = Path.Combine(above, "shared", "api-models", api);
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return null;
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
