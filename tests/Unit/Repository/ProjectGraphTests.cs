using System.Xml.Linq;
using Xunit;

namespace Fogbank.Tests.Unit.Repository;

/// <summary>References point one way; the table is the one in docs/architecture.md.</summary>
public sealed class ProjectGraphTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new(StringComparer.Ordinal)
    {
        ["Fogbank.Contracts.Model"] = [],
        ["Fogbank.Contracts.Generator"] = [],
        ["Fogbank.Contracts"] = ["Fogbank.Contracts.Model", "Fogbank.Contracts.Generator"],
        ["Fogbank.Kernel"] = ["Fogbank.Contracts.Model"],
        ["Fogbank.Store"] = ["Fogbank.Kernel"],
        ["Fogbank.Store.Sqlite"] = ["Fogbank.Store"],
        ["Fogbank.Control"] = ["Fogbank.Kernel", "Fogbank.Store"],
        ["Fogbank.Engines"] = [],
        ["Fogbank.Engines.Linux"] = ["Fogbank.Engines"],
        ["Fogbank.Engines.Oci"] = ["Fogbank.Engines", "Fogbank.Engines.Linux"],
        ["Fogbank.Engines.Process"] = ["Fogbank.Engines", "Fogbank.Engines.Linux"],
        ["Fogbank.Wire"] = ["Fogbank.Kernel", "Fogbank.Contracts.Model"],
    };

    private static readonly string[] s_service =
    [
        "Fogbank.Contracts", "Fogbank.Contracts.Generator", "Fogbank.Kernel", "Fogbank.Store", "Fogbank.Control", "Fogbank.Engines",
    ];

    public static TheoryData<string> Projects() =>
        [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_its_room_may_use(string project)
    {
        if (project == "Fogbank")
        {
            return; // The program composes all of them.
        }

        var allowed = project.StartsWith("Fogbank.Services.", StringComparison.Ordinal) ? s_service : s_allowed[project];
        var file = Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), project + ".csproj", SearchOption.AllDirectories).Single();
        var references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Empty(references.Except(allowed));
    }
}
