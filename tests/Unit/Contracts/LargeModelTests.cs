using System.Text.Json;
using Fogbank.Contracts.Generator;
using Fogbank.Eng.Contracts;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Fogbank.Tests.Unit.Contracts;

/// <summary>The tool and the generator over the largest models there are, so that a later import holds no surprise.</summary>
public sealed class LargeModelTests
{
    [Theory]
    [InlineData("ec2")]
    [InlineData("s3")]
    [InlineData("ecs")]
    public void Model_becomes_a_contract_whose_source_compiles(string api)
    {
        var folder = Repository.Model(api);
        Assert.SkipWhen(folder is null, $"no public model of {api} beside the repository");
        using var model = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "service-2.json")));

        var contract = ContractConverter.Convert(api, model.RootElement, null);
        GeneratorRun.Driver(new ContractGenerator(), "generate", (api + ".json", contract))
            .RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation(), out var output, out var problems, TestContext.Current.CancellationToken);

        Assert.DoesNotContain("documentation", contract, StringComparison.Ordinal);
        Assert.Empty(problems);
        Assert.Empty(output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error).Take(5));
        Assert.Equal(
            model.RootElement.GetProperty("operations").EnumerateObject().Count(),
            output.GetTypeByMetadataName($"Fogbank.Contracts.{char.ToUpperInvariant(api[0])}{api[1..]}.{char.ToUpperInvariant(api[0])}{api[1..]}Operations")!
                .GetMembers().OfType<IPropertySymbol>().Count());
    }

    [Theory]
    [InlineData("lambda")]
    [InlineData("s3")]
    [InlineData("iam")]
    [InlineData("sts")]
    [InlineData("logs")]
    public void Contract_in_the_repository_is_what_the_tool_makes_of_the_model(string api)
    {
        var folder = Repository.Model(api);
        Assert.SkipWhen(folder is null, $"no public model of {api} beside the repository");
        using var model = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "service-2.json")));

        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "contracts", api + ".json")), ContractConverter.Convert(api, model.RootElement, null));
    }
}
