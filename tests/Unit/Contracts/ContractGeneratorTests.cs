using Fogbank.Contracts.Generator;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Fogbank.Tests.Unit.Contracts;

public sealed class ContractGeneratorTests
{
    /// <summary>
    /// <c>toys</c>: rest-json, a shared output, every kind, nested collections, streams, a recursive union. <c>boxes</c>: rest-xml, attributes,
    /// namespaces, flattened lists, an overlay. <c>odd-names</c>: query, names that collide, operations without input or output, error codes.
    /// </summary>
    [Theory]
    [InlineData("toys", "Toys")]
    [InlineData("boxes", "Boxes")]
    [InlineData("odd-names", "OddNames")]
    public void Small_contract_gives_the_pinned_source(string api, string file)
    {
        var result = Run(api, out var compilation);

        var source = Assert.Single(result.Results[0].GeneratedSources);
        Assert.Equal(file + ".g.cs", source.HintName);
        Assert.Empty(compilation.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity != DiagnosticSeverity.Hidden));
        Pinned.Check(file + ".g.txt", source.SourceText.ToString());
    }

    [Fact]
    public void Nothing_is_generated_where_a_project_does_not_ask_for_it()
    {
        var driver = GeneratorRun.Driver(new ContractGenerator(), "implement", ("toys.json", Read("toys.json")))
            .RunGenerators(GeneratorRun.Compilation(), TestContext.Current.CancellationToken);

        Assert.Empty(driver.GetRunResult().GeneratedTrees);
    }

    [Fact]
    public void Broken_contract_is_an_error_that_names_file_and_line_and_spares_the_others()
    {
        var driver = GeneratorRun.Driver(new ContractGenerator(), "generate", ("toys.json", Read("toys.json")), ("worse.json", "{\n  \"api\": ,\n}"))
            .RunGenerators(GeneratorRun.Compilation(), TestContext.Current.CancellationToken);

        var result = driver.GetRunResult();
        var error = Assert.Single(result.Diagnostics);
        Assert.Equal("FOG001", error.Id);
        Assert.Contains("worse.json: line 2", error.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Single(result.GeneratedTrees);
    }

    [Theory]
    [InlineData("""{"operations":{"Vanish":[]}}""", "no operation Vanish")]
    [InlineData("""{"operations":{"PutToy":[{"action":"toys:PutToy","resource":"arn:{Nmae}"}]}}""", "no member Nmae")]
    [InlineData("""{"operations":{"PutToy":[{"action":"toys:PutToy","resource":"*","when":"Toy.Colour"}]}}""", "no member Toy.Colour")]
    [InlineData("""{"operations":{"PutToy":[{"action":"toys:PutToy","resource":"*","whem":"Toy"}]}}""", "no \"whem\"")]
    [InlineData("""{"operations":{"PutToy":[{"action":"toys:PutToy"}]}}""", "without a resource")]
    public void Iam_file_that_contradicts_its_contract_is_an_error(string iam, string expected)
    {
        var driver = GeneratorRun.Driver(new ContractGenerator(), "generate", ("toys.json", Read("toys.json")), ("toys.iam.json", iam))
            .RunGenerators(GeneratorRun.Compilation(), TestContext.Current.CancellationToken);

        var error = Assert.Single(driver.GetRunResult().Diagnostics);
        Assert.Equal("FOG001", error.Id);
        Assert.Contains(expected, error.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"IName":{"members":["Nmae"],"of":["ToyView"]}}""", "interface IName: there is no class ToyView")]
    [InlineData("""{"IName":{"members":["Nmae"],"of":["Toy"]}}""", "interface IName: Toy has no property Nmae")]
    [InlineData("""{"IName":{"members":["Nmae"],"of":["*Toy"]}}""", "interface IName: no class has it")]
    [InlineData("""{"IAge":{"members":["Age"],"of":["Toy","Part"]}}""", "interface IAge: Age is string? in Part, int? in Toy")]
    [InlineData("""{"Toy":{"members":["Name"],"of":["Toy"]}}""", "interface Toy would be called like a class")]
    public void Interface_that_its_classes_do_not_have_is_an_error(string interfaces, string expected)
    {
        var overlay = """{"shapes":{"Part":{"members":{"Age":{"shape":"String"}}}},"interfaces":""" + interfaces + "}";
        var files = new[] { ("toys.json", Read("toys.json")), ("toys.overlay.json", overlay) };
        var driver = GeneratorRun.Driver(new ContractGenerator(), "generate", files)
            .RunGenerators(GeneratorRun.Compilation(), TestContext.Current.CancellationToken);

        var error = Assert.Single(driver.GetRunResult().Diagnostics);
        Assert.Equal("FOG001", error.Id);
        Assert.Contains(expected, error.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    internal static string Read(string file) => File.ReadAllText(Repository.Golden(file));

    private static GeneratorDriverRunResult Run(string api, out Compilation compilation)
    {
        var files = new[] { ".json", ".overlay.json", ".iam.json" }
            .Select(suffix => api + suffix)
            .Where(file => File.Exists(Repository.Golden(file)))
            .Select(file => (file, Read(file)))
            .ToArray();
        var driver = GeneratorRun.Driver(new ContractGenerator(), "generate", files)
            .RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation(), out compilation, out var diagnostics, TestContext.Current.CancellationToken);
        Assert.Empty(diagnostics);
        return driver.GetRunResult();
    }
}
