using System.Text.RegularExpressions;

namespace Fogbank.Services.Ecr.Domain;

/// <summary>Names on the wire of the registry.</summary>
internal static partial class RegistryNames
{
    /// <summary>2 to 256 characters: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html</summary>
    internal static bool IsRepository(string name) => name.Length is >= 2 and <= 256 && Repository().IsMatch(name);

    /// <summary>The distribution specification's form; AWS takes up to 300 characters.</summary>
    internal static bool IsTag(string tag) => tag.Length is >= 1 and <= 300 && Tag().IsMatch(tag);

    [GeneratedRegex(@"\A(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Repository();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.\-]*\z")]
    private static partial Regex Tag();
}
