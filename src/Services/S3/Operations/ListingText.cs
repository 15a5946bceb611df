using Fogbank.Contracts.S3;
using Fogbank.Services.S3.Domain;

namespace Fogbank.Services.S3.Operations;

/// <summary>The texts of a listing, URL-encoded where the client asked for that.</summary>
internal readonly struct ListingText(string? encodingType)
{
    private readonly bool _encoded = RequestFacts.WantsUrlEncoding(encodingType);

    public string? EncodingType => _encoded ? "url" : null;

    public string Of(string text) => _encoded ? UrlText.Encode(text) : text;

    public string? OfOptional(string? text) => string.IsNullOrEmpty(text) ? null : Of(text);

    public IReadOnlyList<CommonPrefix>? Prefixes(IReadOnlyList<string> prefixes)
    {
        if (prefixes.Count == 0)
        {
            return null;
        }

        var text = this;
        return [.. prefixes.Select(prefix => new CommonPrefix { Prefix = text.Of(prefix) })];
    }
}
