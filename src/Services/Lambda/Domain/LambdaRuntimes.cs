using System.Collections.Frozen;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>The languages that runtimes belong to.</summary>
internal enum RuntimeFamily
{
    Python,
    Node,
    DotNet,

    /// <summary>A program of the user's own, <c>bootstrap</c>.</summary>
    Provided,
}

/// <summary>The runtime identifiers of the API: those that run, those that AWS has and Fogbank has not, those that are gone.</summary>
internal static class LambdaRuntimes
{
    // In the order of AWS's own error text.
    private static readonly string[] Accepted =
    [
        "nodejs20.x", "python3.14", "provided.al2023", "python3.12", "python3.13", "nodejs24.x", "nodejs22.x", "java25", "python3.10",
        "python3.11", "java21", "ruby3.3", "ruby3.4", "ruby3.2", "python3.8", "python3.9", "java17", "nodejs16.x", "dotnet10", "dotnet8",
        "java11", "dotnet6", "nodejs18.x", "provided.al2", "java8.al2",
    ];

    private static readonly FrozenSet<string> Known = Accepted.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Retired = FrozenSet.Create(
        StringComparer.Ordinal,
        "nodejs", "nodejs4.3", "nodejs4.3-edge", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x", "java8",
        "python2.7", "python3.6", "python3.7", "dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet5.0", "go1.x",
        "ruby2.5", "ruby2.7", "provided");

    /// <summary>Checks the runtime of a request; throws AWS's errors, and one that names it for what Fogbank does not run.</summary>
    internal static RuntimeFamily Check(string runtime)
    {
        if (Retired.Contains(runtime))
        {
            throw LambdaErrors.InvalidParameter(
                $"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.");
        }

        if (!Known.Contains(runtime))
        {
            throw LambdaErrors.InvalidParameter(
                $"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{string.Join(", ", Accepted)}] or be a valid ARN");
        }

        return FamilyOf(runtime) ?? throw LambdaErrors.SettingNotSupported($"the runtime {runtime}");
    }

    /// <summary>The language of a runtime; null for those that Fogbank does not run.</summary>
    internal static RuntimeFamily? FamilyOf(string runtime) => runtime switch
    {
        _ when runtime.StartsWith("python", StringComparison.Ordinal) => RuntimeFamily.Python,
        _ when runtime.StartsWith("nodejs", StringComparison.Ordinal) => RuntimeFamily.Node,
        _ when runtime.StartsWith("dotnet", StringComparison.Ordinal) => RuntimeFamily.DotNet,
        _ when runtime.StartsWith("provided", StringComparison.Ordinal) => RuntimeFamily.Provided,
        _ => null,
    };
}
