using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Fogbank.Contracts.Generator;

/// <summary>What was found at an <c>[Operation]</c>: a class that can be registered, or why it cannot; and where, for messages.</summary>
internal sealed record OperationFinding(OperationClass? Class, string TypeName, string? Problem, string File, TextSpan Span, LinePositionSpan Lines)
{
    private const string Interface = "Fogbank.Kernel.IOperation<TRequest, TResponse>";
    private const string ContractsPrefix = "Fogbank.Contracts.";
    private const string RequestSuffix = "Request";

    internal Location Location => Location.Create(File, Span, Lines);

    internal static OperationFinding Of(GeneratorAttributeSyntaxContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var location = ((ClassDeclarationSyntax)context.TargetNode).Identifier.GetLocation();
        var problem = Inspect(type, out var found);
        return new OperationFinding(
            found, type.Name, problem, location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span);
    }

    private static string? Inspect(INamedTypeSymbol type, out OperationClass? found)
    {
        found = null;
        var interfaces = type.AllInterfaces.Where(candidate => candidate.OriginalDefinition.ToDisplayString() == Interface).ToList();
        if (interfaces.Count != 1)
        {
            return $"it implements {interfaces.Count} times IOperation<,>, not once";
        }

        var request = interfaces[0].TypeArguments[0];
        var space = request.ContainingNamespace?.ToDisplayString() ?? "";
        if (!space.StartsWith(ContractsPrefix, StringComparison.Ordinal) || !request.Name.EndsWith(RequestSuffix, StringComparison.Ordinal))
        {
            return $"{request.Name} is not the request of a contract";
        }

        var constructors = type.InstanceConstructors.Where(constructor => constructor.DeclaredAccessibility != Accessibility.Private).ToList();
        if (type.IsAbstract || type.IsGenericType || constructors.Count != 1)
        {
            return "it must be neither abstract nor generic, and have one constructor";
        }

        found = new OperationClass(
            type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat),
            space.Substring(ContractsPrefix.Length),
            request.Name.Substring(0, request.Name.Length - RequestSuffix.Length),
            new([.. constructors[0].Parameters.Select(parameter => parameter.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat))]));
        return null;
    }
}
