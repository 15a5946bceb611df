namespace Fogbank.Services.S3.Domain;

/// <summary>What <c>x-amz-copy-source</c> names.</summary>
/// <param name="VersionId">Null for the current version.</param>
internal sealed record CopySource(string Bucket, string Key, string? VersionId)
{
    /// <summary>Reads <c>[/]bucket/key[?versionId=id]</c>, whose bucket and key are URL-encoded.</summary>
    public static CopySource Parse(string header)
    {
        var text = header;
        string? versionId = null;
        var query = text.IndexOf("?versionId=", StringComparison.Ordinal);
        if (query >= 0)
        {
            versionId = text[(query + "?versionId=".Length)..];
            text = text[..query];
        }

        // Decoded without turning + into a space: SDKs encode the space as %20 and send a plus of the key as it is.
        text = Uri.UnescapeDataString(text);
        if (text.StartsWith('/'))
        {
            text = text[1..];
        }

        if (text.StartsWith("arn:", StringComparison.Ordinal))
        {
            throw S3Errors.NotSupported("a copy source that is an access point's ARN");
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == text.Length - 1)
        {
            throw S3Errors.InvalidArgument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source");
        }

        return new(text[..slash], text[(slash + 1)..], versionId is null or "null" ? null : versionId);
    }
}
