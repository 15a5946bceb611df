using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>
/// Makes <c>OperationTable</c> of the classes marked <c>[Operation]</c>, and refuses those whose API's IAM file says nothing of them. Runs
/// where <c>FogbankContracts</c> is <c>implement</c>.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class OperationTableGenerator : IIncrementalGenerator
{
    /// <summary>Tracking name of the step whose result is the table's text.</summary>
    internal const string TableStep = "Table";

    private const string IamSuffix = ".iam.json";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var options = context.AnalyzerConfigOptionsProvider.Select(static (options, _) => (
            IsWanted: options.GlobalOptions.TryGetValue("build_property.FogbankContracts", out var value) && value == "implement",
            Namespace: options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var name) ? name : "Fogbank"));
        var findings = context.SyntaxProvider.ForAttributeWithMetadataName(
            "Fogbank.Kernel.OperationAttribute",
            static (node, _) => node is ClassDeclarationSyntax,
            OperationFinding.Of);
        var entries = context.AdditionalTextsProvider
            .Where(static file => file.Path.EndsWith(IamSuffix, StringComparison.Ordinal))
            .Select(static (file, cancel) => ReadEntries(file, cancel))
            .Collect();

        // The table does not depend on where in a file a class stands, so moving one writes nothing.
        var table = findings.Select(static (finding, _) => finding.Class).Collect().Combine(options)
            .Select(static (pair, _) => pair.Right.IsWanted
                ? OperationTableWriter.Write(pair.Right.Namespace, [.. pair.Left.OfType<OperationClass>()])
                : null)
            .WithTrackingName(TableStep);
        context.RegisterSourceOutput(table, static (production, text) =>
        {
            if (text is not null)
            {
                production.AddSource("OperationTable.g.cs", SourceText.From(text, Encoding.UTF8));
            }
        });
        context.RegisterSourceOutput(findings.Combine(entries).Combine(options), static (production, pair) =>
        {
            if (pair.Right.IsWanted)
            {
                Check(production, pair.Left.Left, pair.Left.Right);
            }
        });
        context.RegisterSourceOutput(entries.Combine(options), static (production, pair) =>
        {
            foreach (var file in pair.Right.IsWanted ? pair.Left : [])
            {
                if (file.Problem is not null)
                {
                    production.ReportDiagnostic(Diagnostic.Create(Diagnostics.BadContract, Location.None, file.Problem));
                }
            }
        });
    }

    private static void Check(SourceProductionContext production, OperationFinding finding, ImmutableArray<IamFile> files)
    {
        if (finding.Class is not { } found)
        {
            production.ReportDiagnostic(Diagnostic.Create(Diagnostics.BadOperation, finding.Location, finding.TypeName, finding.Problem));
            return;
        }

        var file = files.FirstOrDefault(file => Names.Pascal(file.Api) == found.Api);
        if (file is null || (file.Problem is null && !file.Operations.Contains(found.Operation)))
        {
            production.ReportDiagnostic(Diagnostic.Create(
                Diagnostics.NoIamEntry, finding.Location, finding.TypeName, file?.Api ?? found.Api.ToLowerInvariant(), found.Operation));
        }
    }

    private static IamFile ReadEntries(AdditionalText file, CancellationToken cancellationToken)
    {
        var name = ContractGenerator.FileName(file.Path);
        var api = name.Substring(0, name.Length - IamSuffix.Length);
        try
        {
            var operations = ContractWriter.Parse(file.GetText(cancellationToken)?.ToString() ?? "", name)["operations"];
            return new IamFile(api, new(operations.Members.ConvertAll(member => member.Key)), null);
        }
        catch (FormatException e)
        {
            return new IamFile(api, new([]), $"contracts/{e.Message}");
        }
    }

    private sealed record IamFile(string Api, EquatableList<string> Operations, string? Problem);
}
