using Fogbank.Contracts.Generator;
using Microsoft.CodeAnalysis;
using Xunit;

namespace Fogbank.Tests.Unit.Contracts;

public sealed class OperationTableGeneratorTests
{
    private const string Iam = """{"operations":{"GetToy":[{"action":"toys:GetToy","resource":"*"}]}}""";

    [Fact]
    public void Operation_is_built_by_its_constructor_from_the_provider()
    {
        var result = Run(Service("[Operation] internal sealed class GetToy(System.TimeProvider time, System.IO.Stream other)"), Iam, out var output);

        Assert.Empty(result.Diagnostics);
        Assert.Empty(output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        Pinned.Check("OperationTable.g.txt", result.GeneratedTrees.Single(tree => tree.FilePath.EndsWith("OperationTable.g.cs", StringComparison.Ordinal)).ToString());
    }

    [Fact]
    public void Operation_without_an_entry_in_its_Iam_file_fails_the_build()
    {
        var result = Run(Service("[Operation] internal sealed class GetToy"), """{"operations":{"PutToy":[]}}""", out _);

        var error = Assert.Single(result.Diagnostics);
        Assert.Equal("FOG002", error.Id);
        Assert.Equal(DiagnosticSeverity.Error, error.Severity);
        Assert.Equal("GetToy implements toys:GetToy, for which contracts/toys.iam.json has no entry", Message(error));
        Assert.Equal("Source0.cs", error.Location.GetLineSpan().Path);
    }

    [Fact]
    public void Operation_of_an_api_without_an_Iam_file_fails_the_build()
    {
        var result = Run(Service("[Operation] internal sealed class GetToy"), null, out _);

        Assert.Equal("FOG002", Assert.Single(result.Diagnostics).Id);
    }

    [Theory]
    [InlineData("[Operation] internal abstract class GetToy", "it must be neither abstract nor generic, and have one constructor")]
    [InlineData("[Operation] internal sealed class GetToy<T>", "it must be neither abstract nor generic, and have one constructor")]
    public void Operation_that_cannot_be_built_fails_the_build(string declaration, string problem)
    {
        var result = Run(Service(declaration), Iam, out _);

        var error = Assert.Single(result.Diagnostics);
        Assert.Equal("FOG003", error.Id);
        Assert.Equal($"GetToy: {problem}", Message(error));
    }

    [Fact]
    public void Attribute_on_something_else_fails_the_build()
    {
        var result = Run("namespace Fogbank.Services.Toys; [Fogbank.Kernel.Operation] internal sealed class Nothing;", Iam, out _);

        Assert.Equal("Nothing: it implements 0 times IOperation<,>, not once", Message(Assert.Single(result.Diagnostics)));
    }

    [Fact]
    public void Service_without_operations_has_an_empty_table()
    {
        var result = Run("namespace Fogbank.Services.Toys; internal sealed class Nothing;", Iam, out var output);

        Assert.Empty(result.Diagnostics);
        Assert.Empty(output.GetDiagnostics(TestContext.Current.CancellationToken).Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.Contains(result.GeneratedTrees, tree => tree.FilePath.EndsWith("OperationTable.g.cs", StringComparison.Ordinal));
    }

    private static string Service(string declaration) => $$"""
        using Fogbank.Kernel;
        using Fogbank.Contracts.Toys;
        namespace Fogbank.Services.Toys.Operations;
        {{declaration}} : IOperation<GetToyRequest, GetToyResponse>
        {
            public System.Threading.Tasks.ValueTask<GetToyResponse> HandleAsync(
                GetToyRequest request, RequestContext context, System.Threading.CancellationToken cancellationToken) => new(new GetToyResponse { Name = "bear", Age = 3 });
        }
        """;

    /// <summary>The contract's own types come first, as they come from another assembly in a real build.</summary>
    private static GeneratorDriverRunResult Run(string source, string? iam, out Compilation output)
    {
        var cancellation = TestContext.Current.CancellationToken;
        GeneratorRun.Driver(new ContractGenerator(), "generate", ("toys.json", ContractGeneratorTests.Read("toys.json")))
            .RunGeneratorsAndUpdateCompilation(GeneratorRun.Compilation(source), out var withContract, out _, cancellation);
        (string, string)[] files = iam is null ? [] : [("toys.iam.json", iam)];
        return GeneratorRun.Driver(new OperationTableGenerator(), "implement", files)
            .RunGeneratorsAndUpdateCompilation(withContract, out output, out _, cancellation)
            .GetRunResult();
    }

    private static string Message(Diagnostic diagnostic) => diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
}
