using System.Collections.Immutable;
using Fogbank.Contracts;
using Fogbank.Kernel;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Fogbank.Tests.Unit.Contracts;

/// <summary>A generator over contracts that a test makes up: what the build does, in memory.</summary>
internal static class GeneratorRun
{
    private static readonly CSharpParseOptions s_parsing = CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || path.EndsWith("netstandard.dll", StringComparison.Ordinal))
            .Append(typeof(Shape).Assembly.Location)
            .Append(typeof(IOperation<,>).Assembly.Location)
            .Append(typeof(IServiceCollection).Assembly.Location)
            .Distinct(StringComparer.Ordinal)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    internal static CSharpCompilation Compilation(params string[] sources) => CSharpCompilation.Create(
        "Contracts.Under.Test",
        sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, s_parsing, $"Source{i}.cs")),
        s_references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <param name="role">What the project does with contracts: <c>generate</c> or <c>implement</c>.</param>
    internal static GeneratorDriver Driver(IIncrementalGenerator generator, string role, params (string Name, string Text)[] files) =>
        CSharpGeneratorDriver.Create(
            [generator.AsSourceGenerator()],
            files.Select(file => new TextFile(file.Name, file.Text)),
            s_parsing,
            new Options(role),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    internal static AdditionalText File(string name, string text) => new TextFile(name, text);

    private sealed class TextFile(string name, string text) : AdditionalText
    {
        public override string Path { get; } = "/contracts/" + name;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(string role) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(role);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Values(string role) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = key switch
            {
                "build_property.FogbankContracts" => role,
                "build_property.RootNamespace" => "Fogbank.Services.Toys",
                _ => null,
            };
            return value is not null;
        }
    }
}
