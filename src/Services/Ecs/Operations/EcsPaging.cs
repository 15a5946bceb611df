using Fogbank.Store;

namespace Fogbank.Services.Ecs.Operations;

/// <summary>Pages of lists.</summary>
internal static class EcsPaging
{
    private const int Most = 100;

    internal static int Limit(int? maxResults) => maxResults switch
    {
        null or 0 => Most,
        >= 1 and <= Most => maxResults.Value,
        _ => throw EcsErrors.Invalid($"MaxResults must be between 1 and {Most}."),
    };

    internal static ScanToken? Token(string? token) =>
        string.IsNullOrEmpty(token) ? null : ScanToken.TryParse(token, out var parsed) ? parsed : throw EcsErrors.InvalidToken();
}
