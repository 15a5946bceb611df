using System.Text.RegularExpressions;
using Xunit;

namespace Fogbank.Tests.Unit.Repository;

/// <summary>Documentation cannot go stale unseen: the types and files that it names exist.</summary>
public sealed partial class DocumentationTests
{
    private static readonly Lazy<HashSet<string>> s_words = new(() =>
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var folder in new[] { "src", "tests", "runtimes", "bench", "samples", "contracts" })
        {
            var path = Path.Combine(RepositoryRoot.Path, folder);
            foreach (var file in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories) : [])
            {
                if (file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal) || file.EndsWith(".csproj", StringComparison.Ordinal))
                {
                    if (!file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
                    {
                        words.UnionWith(Word().Matches(File.ReadAllText(file)).Select(match => match.Value));
                    }
                }
            }
        }

        return words;
    });

    public static TheoryData<string> Pages() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(RepositoryRoot.Path, "README.md"))
            .Append(Path.Combine(RepositoryRoot.Path, "CONTRIBUTING.md"))
            .Where(page => !page.EndsWith("coverage.md", StringComparison.Ordinal))
            .Select(page => Path.GetRelativePath(RepositoryRoot.Path, page)),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Types_named_in_backticks_exist(string page)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryRoot.Path, page));
        var missing = TypeName().Matches(text)
            .Select(match => match.Groups[1].Value)
            .Where(name => !s_words.Value.Contains(name))
            .Distinct()
            .ToList();
        Assert.True(missing.Count == 0, $"{page} names types that do not exist: {string.Join(", ", missing)}");
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_somewhere(string page)
    {
        var path = Path.Combine(RepositoryRoot.Path, page);
        var missing = Link().Matches(File.ReadAllText(path))
            .Select(match => match.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, target.Split('#')[0])))
            .ToList();
        Assert.True(missing.Count == 0, $"{page} links to what is not there: {string.Join(", ", missing)}");
    }

    [GeneratedRegex("[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();

    // A PascalCase word of at least two humps alone in backticks.
    [GeneratedRegex("`([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:<[^`]*>)?`")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
