using System.Text.Json;

namespace Fogbank.Tests.Wire.Protocols;

/// <summary>The recorded cases of the AWS wire protocols, where this machine has them.</summary>
internal static class Vectors
{
    private static readonly string? Folder = FindFolder();

    public static IEnumerable<(string Suite, int Entry, int Case, string Id)> List(string direction, params string[] suites)
    {
        if (Folder is null)
        {
            yield break;
        }

        foreach (var suite in suites)
        {
            using var document = Load(direction, suite);
            var entry = 0;
            foreach (var item in document.RootElement.EnumerateArray())
            {
                var number = 0;
                foreach (var one in item.GetProperty("cases").EnumerateArray())
                {
                    yield return (suite, entry, number++, one.GetProperty("id").GetString()!);
                }

                entry++;
            }
        }
    }

    public static (JsonElement Entry, JsonElement Case) Get(string direction, string suite, int entry, int number)
    {
        using var document = Load(direction, suite);
        var item = document.RootElement[entry].Clone();
        return (item, item.GetProperty("cases")[number]);
    }

    private static JsonDocument Load(string direction, string suite) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder!, direction, suite + ".json")));

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "protocol-vectors");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
