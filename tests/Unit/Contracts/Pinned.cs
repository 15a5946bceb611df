using Xunit;

namespace Fogbank.Tests.Unit.Contracts;

/// <summary>Texts that a test pins as files. <c>FOGBANK_UPDATE_GOLDEN=1</c> writes them anew, for a reader of the diff to judge.</summary>
internal static class Pinned
{
    internal static void Check(string file, string actual)
    {
        var path = Repository.Golden(file);
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("FOGBANK_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"{path} is missing: run with FOGBANK_UPDATE_GOLDEN=1 and read what it writes.");
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), actual);
    }
}
