namespace Fogbank.Services.Ecr.Http;

/// <summary>A refusal in the words of the distribution specification; AWS's texts where it has them.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">One of the specification's error codes.</param>
/// <param name="message">For the client's user.</param>
internal sealed class RegistryException(int status, string code, string message) : Exception(message)
{
    internal int Status => status;

    internal string Code => code;

    /// <summary>Headers that belong to the refusal.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
