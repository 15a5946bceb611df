using Fogbank.Contracts.Generator;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Fogbank.Tests.Unit.Contracts;

public sealed class GeneratorCachingTests
{
    private const string Operations = """
        using Fogbank.Contracts;
        using Fogbank.Kernel;
        namespace Fogbank.Contracts.Toys
        {
            public sealed class PutToyRequest : Shape, IShape<PutToyRequest>, IRequest<PutToyResponse>
            {
                public static ShapeSchema Schema => throw null!;
                public static PutToyRequest Read(ShapeReader reader) => throw null!;
                public OperationSchema Operation => throw null!;
                public override ShapeSchema GetSchema() => throw null!;
            }
            public sealed class PutToyResponse : Shape { public override ShapeSchema GetSchema() => throw null!; }
            public static class ToysOperations { public static Operation<PutToyRequest, PutToyResponse> PutToy => throw null!; }
        }
        namespace Fogbank.Services.Toys
        {
            [Operation]
            internal sealed class PutToy(System.TimeProvider time) : IOperation<Fogbank.Contracts.Toys.PutToyRequest, Fogbank.Contracts.Toys.PutToyResponse>
            {
                public System.Threading.Tasks.ValueTask<Fogbank.Contracts.Toys.PutToyResponse> HandleAsync(
                    Fogbank.Contracts.Toys.PutToyRequest request, RequestContext context, System.Threading.CancellationToken cancellationToken) => throw null!;
            }
        }
        """;

    [Fact]
    public void Unrelated_source_runs_no_contract_again()
    {
        var compilation = GeneratorRun.Compilation("class A;");
        var driver = Contracts().RunGenerators(compilation, TestContext.Current.CancellationToken);

        driver = driver.RunGenerators(
            compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class B;", cancellationToken: TestContext.Current.CancellationToken)),
            TestContext.Current.CancellationToken);

        Assert.Equal([IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached], Reasons(driver, ContractGenerator.SourceStep));
    }

    [Theory]
    [InlineData("boxes.json", "\"uri\":\"/{Bucket}\"", "\"uri\":\"/b/{Bucket}\"")]
    [InlineData("boxes.overlay.json", "BoxList", "BoxesList")]
    [InlineData("boxes.overlay.json", "IInBucket", "IOfBucket")]
    public void Edited_contract_is_the_only_one_that_runs_again(string file, string old, string edited)
    {
        var compilation = GeneratorRun.Compilation();
        var driver = Contracts().RunGenerators(compilation, TestContext.Current.CancellationToken);
        var before = ContractGeneratorTests.Read(file);
        Assert.Contains(old, before, StringComparison.Ordinal);

        var files = Files().Select(name => GeneratorRun.File(
            name, name == file ? before.Replace(old, edited, StringComparison.Ordinal) : ContractGeneratorTests.Read(name)));
        driver = driver.ReplaceAdditionalTexts([.. files]).RunGenerators(compilation, TestContext.Current.CancellationToken);

        // Contracts come in the order of their names: boxes, then toys.
        Assert.Equal([IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached], Reasons(driver, ContractGenerator.SourceStep));
    }

    [Fact]
    public void Table_is_not_written_again_by_an_edit_beside_an_operation()
    {
        var compilation = GeneratorRun.Compilation(Operations);
        var driver = GeneratorRun.Driver(new OperationTableGenerator(), "implement", ("toys.iam.json", """{"operations":{"PutToy":[]}}"""))
            .RunGenerators(compilation, TestContext.Current.CancellationToken);
        Assert.Empty(driver.GetRunResult().Diagnostics);

        var moved = compilation.ReplaceSyntaxTree(
            compilation.SyntaxTrees[0],
            CSharpSyntaxTree.ParseText(
                "// A line more.\n" + Operations.Replace("cancellationToken) => throw", "cancellationToken) => throw null ?? throw", StringComparison.Ordinal),
                path: "Source0.cs",
                cancellationToken: TestContext.Current.CancellationToken));
        driver = driver.RunGenerators(moved, TestContext.Current.CancellationToken);

        Assert.All(Reasons(driver, OperationTableGenerator.TableStep), reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        Assert.All(
            driver.GetRunResult().Results[0].TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs),
            output => Assert.NotEqual(IncrementalStepRunReason.New, output.Reason));
    }

    private static string[] Files() => ["toys.json", "boxes.json", "boxes.overlay.json"];

    private static GeneratorDriver Contracts() =>
        GeneratorRun.Driver(new ContractGenerator(), "generate", [.. Files().Select(file => (file, ContractGeneratorTests.Read(file)))]);

    private static List<IncrementalStepRunReason> Reasons(GeneratorDriver driver, string step) =>
        [.. driver.GetRunResult().Results[0].TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)];
}
