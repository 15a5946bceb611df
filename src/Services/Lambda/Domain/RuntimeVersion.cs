using System.Security.Cryptography;
using System.Text;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>The version of a managed runtime as answers and logs name it.</summary>
internal static class RuntimeVersion
{
    /// <summary>As INIT_START has it. AWS ends it with a version of its own; here stands what really runs.</summary>
    internal static string Name(string runtime, string hostVersion)
    {
        var digit = runtime.AsSpan().IndexOfAnyInRange('0', '9');
        var name = digit > 0 ? $"{runtime[..digit]}:{runtime[digit..].Replace(".x", "", StringComparison.Ordinal)}" : runtime;
        return $"{name}.fogbank ({hostVersion})";
    }

    /// <summary>An ARN that stays the same as long as the runtime does.</summary>
    internal static string Arn(string region, string runtime) =>
        $"arn:aws:lambda:{region}::runtime:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("fogbank " + runtime)))}";
}
