using Fogbank.Kernel;
using Fogbank.Store;

namespace Fogbank.Services.Ecr.Operations;

/// <summary>Page tokens, as clients send them back.</summary>
internal static class EcrPaging
{
    internal static ScanToken? Parse(string? token) =>
        token is null ? null : ScanToken.TryParse(token, out var parsed) ? parsed : throw Invalid();

    internal static AwsException Invalid() => EcrErrors.InvalidParameter("nextToken", "Invalid nextToken provided");

    /// <summary>AWS pages nothing that was asked for by name.</summary>
    internal static void RefuseBeside(string named, string? nextToken, int? maxResults)
    {
        if (nextToken is not null || maxResults is not null)
        {
            throw EcrErrors.InvalidParameter(nextToken is null ? "maxResults" : "nextToken", $"must be null when '{named}' is specified");
        }
    }
}
