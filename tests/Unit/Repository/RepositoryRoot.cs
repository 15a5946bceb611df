using System.Runtime.CompilerServices;

namespace Fogbank.Tests.Unit.Repository;

/// <summary>Finds the checkout that the tests were built from.</summary>
internal static class RepositoryRoot
{
    internal static string Path { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string start, [CallerFilePath] string source = "")
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Fogbank.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Fogbank.slnx above {start} (built from {source}).");
    }
}
