using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>
/// Turns every contract among the compilation's additional files into one C# file. Runs where <c>FogbankContracts</c> is <c>generate</c>.
/// Only the texts of one contract and of its overlay and IAM file are its input, so nothing but a change of these runs it again.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ContractGenerator : IIncrementalGenerator
{
    /// <summary>Tracking name of the step whose results are one contract each.</summary>
    internal const string ContractStep = "Contract";

    /// <summary>Tracking name of the step whose results are the generated texts.</summary>
    internal const string SourceStep = "Source";

    private const string ContractSuffix = ".json";
    private const string OverlaySuffix = ".overlay.json";
    private const string IamSuffix = ".iam.json";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var isWanted = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.FogbankContracts", out var value) && value == "generate");
        var files = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(ContractSuffix, StringComparison.Ordinal))
            .Select(static (file, cancel) => (Name: FileName(file.Path), Text: file.GetText(cancel)?.ToString() ?? ""))
            .Collect();
        var outputs = files.Combine(isWanted)
            .SelectMany(static (pair, _) => pair.Right ? Group(pair.Left) : [])
            .WithTrackingName(ContractStep)
            .Select(static (contract, _) => Generate(contract))
            .WithTrackingName(SourceStep);
        context.RegisterSourceOutput(outputs, static (production, output) =>
        {
            if (output.Problem is not null)
            {
                production.ReportDiagnostic(Diagnostic.Create(Diagnostics.BadContract, Location.None, output.Problem));
            }
            else
            {
                production.AddSource(output.Name + ".g.cs", SourceText.From(output.Source!, Encoding.UTF8));
            }
        });
    }

    internal static string FileName(string path) => path.Substring(path.LastIndexOfAny(['/', '\\']) + 1);

    private static ImmutableArray<ContractSource> Group(ImmutableArray<(string Name, string Text)> files)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in files)
        {
            texts[name] = text;
        }

        return [.. texts.Keys
            .Where(static name => !name.EndsWith(OverlaySuffix, StringComparison.Ordinal) && !name.EndsWith(IamSuffix, StringComparison.Ordinal))
            .OrderBy(static name => name, StringComparer.Ordinal)
            .Select(file =>
            {
                var name = file.Substring(0, file.Length - ContractSuffix.Length);
                texts.TryGetValue(name + OverlaySuffix, out var overlay);
                texts.TryGetValue(name + IamSuffix, out var iam);
                return new ContractSource(name, texts[file], overlay, iam);
            })];
    }

    private static ContractOutput Generate(ContractSource contract)
    {
        try
        {
            return new ContractOutput(Names.Pascal(contract.Name), ContractWriter.Write(contract), null);
        }
        catch (FormatException e)
        {
            return new ContractOutput(contract.Name, null, $"contracts/{contract.Name}: {e.Message}");
        }
    }

    private sealed record ContractOutput(string Name, string? Source, string? Problem);
}
