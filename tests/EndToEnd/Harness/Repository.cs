namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>Where things lie.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution file.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The program under test: the published one where FOGBANK_BINARY names it, else the debug build.</summary>
    public static string Binary { get; } = FindBinary();

    /// <summary>The folder that holds what was recorded from AWS; null where this machine has none.</summary>
    public static string? Recorded { get; } =
        Directory.Exists(Path.Combine(Root, "../shared/aws-recorded")) ? Path.GetFullPath(Path.Combine(Root, "../shared/aws-recorded"))
        : Environment.GetEnvironmentVariable("FOGBANK_AWS_RECORDED") is { Length: > 0 } named && Directory.Exists(named) ? named
        : null;

    public static string Of(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Fogbank.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"There is no Fogbank.slnx above {AppContext.BaseDirectory}.");
    }

    private static string FindBinary()
    {
        var named = Environment.GetEnvironmentVariable("FOGBANK_BINARY");
        var path = Path.GetFullPath(named is { Length: > 0 } ? named : Of("src/Fogbank/bin/Debug/net10.0/fogbank"));
        return File.Exists(path) ? path : throw new InvalidOperationException($"There is no program {path}. Build src/Fogbank, or set FOGBANK_BINARY.");
    }
}
