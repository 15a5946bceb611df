namespace Fogbank.Tests.Unit.CommandLine;

/// <summary>A folder with a few files that goes away.</summary>
internal sealed class TestFolder : IDisposable
{
    internal string FullPath { get; } = Directory.CreateTempSubdirectory("cli-").FullName;

    internal TestFolder With(string name, string text)
    {
        var path = Path.Combine(FullPath, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return this;
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
