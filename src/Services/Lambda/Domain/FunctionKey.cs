using Fogbank.Kernel;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>A function: whose, where, and its name.</summary>
internal readonly record struct FunctionKey(Scope Scope, string Name)
{
    /// <summary>The ARN without a qualifier.</summary>
    internal string Arn => $"arn:aws:lambda:{Scope.Region}:{Scope.AccountId}:function:{Name}";

    internal string QualifiedArn(string? qualifier) => qualifier is null ? Arn : $"{Arn}:{qualifier}";
}
