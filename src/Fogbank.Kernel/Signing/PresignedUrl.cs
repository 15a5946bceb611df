using System.Globalization;

namespace Fogbank.Kernel.Signing;

/// <summary>Makes URLs that carry their own signature, as SDKs presign them.</summary>
public static class PresignedUrl
{
    /// <summary>Signs a URL for whoever gets to know it.</summary>
    /// <param name="method">HTTP method it is good for.</param>
    /// <param name="endpoint">Scheme, host and port; the host is signed.</param>
    /// <param name="path">Plain path, slashes kept, not encoded yet.</param>
    /// <param name="query">Further parameters, plain.</param>
    /// <param name="accessKeyId">The key.</param>
    /// <param name="secretAccessKey">Its secret.</param>
    /// <param name="sessionToken">Beside a temporary key; null for long-term keys.</param>
    /// <param name="region">Region of the scope.</param>
    /// <param name="service">Signing name of the service.</param>
    /// <param name="now">Time of signing.</param>
    /// <param name="lifetime">How long it holds; at most seven days.</param>
    public static Uri Create(
        string method,
        Uri endpoint,
        string path,
        IEnumerable<KeyValuePair<string, string>> query,
        string accessKeyId,
        string secretAccessKey,
        string? sessionToken,
        string region,
        string service,
        DateTimeOffset now,
        TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(query);
        var date = SigV4.FormatDate(now);
        var scope = new CredentialScope(date[..8], region, service);
        var isS3 = service == "s3";
        var rawPath = SigV4Encoding.Encode(path, keepSlash: true);
        List<KeyValuePair<string, string>> parameters =
        [
            .. query,
            new("X-Amz-Algorithm", SigV4.Algorithm),
            new("X-Amz-Credential", $"{accessKeyId}/{scope}"),
            new("X-Amz-Date", date),
            new("X-Amz-Expires", ((long)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            new("X-Amz-SignedHeaders", "host"),
        ];
        if (sessionToken is not null)
        {
            parameters.Add(new("X-Amz-Security-Token", sessionToken));
        }

        var rawQuery = string.Join('&', parameters.Select(pair => $"{SigV4Encoding.Encode(pair.Key)}={SigV4Encoding.Encode(pair.Value)}"));
        var canonical = CanonicalRequest.Build(
            method, rawPath, rawQuery, _ => [endpoint.Authority], ["host"], isS3 ? SigV4.UnsignedPayload : SigV4.EmptyPayloadHash, isS3);
        var signature = SigV4.Sign(SigV4.DeriveKey(secretAccessKey, scope), SigV4.StringToSign(date, scope, canonical));
        return new Uri($"{endpoint.Scheme}://{endpoint.Authority}{rawPath}?{rawQuery}&X-Amz-Signature={signature}");
    }
}
