using Microsoft.CodeAnalysis;

namespace Fogbank.Contracts.Generator;

internal static class Diagnostics
{
    /// <summary>A contract, an overlay or an IAM file that cannot be used.</summary>
    internal static readonly DiagnosticDescriptor BadContract = new(
        "FOG001", "Contract is wrong", "{0}", "Contracts", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <summary>An operation that is implemented, while its API's IAM file has no entry for it.</summary>
    internal static readonly DiagnosticDescriptor NoIamEntry = new(
        "FOG002", "Operation has no IAM entry", "{0} implements {1}:{2}, for which contracts/{1}.iam.json has no entry", "Contracts", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <summary>An [Operation] that nothing can be registered for.</summary>
    internal static readonly DiagnosticDescriptor BadOperation = new(
        "FOG003", "Operation cannot be registered", "{0}: {1}", "Contracts", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
