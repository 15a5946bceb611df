using System.Text;

namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>One request and its answer, as they went over the wire.</summary>
internal sealed record Exchange(HttpMessage Request, HttpMessage Response)
{
    public string Method => Request.StartLine.Split(' ')[0];

    public string Target => Request.StartLine.Split(' ') is [_, var target, ..] ? target : "/";

    public int Status => int.Parse(Response.StartLine.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The access key that signed the request; "" where nothing did.</summary>
    public string AccessKey
    {
        get
        {
            const string header = "Credential=";
            const string query = "X-Amz-Credential=";
            var signature = Request.Header("Authorization") ?? "";
            var at = signature.IndexOf(header, StringComparison.Ordinal);
            if (at >= 0)
            {
                return signature[(at + header.Length)..].Split('/')[0];
            }

            at = Target.IndexOf(query, StringComparison.Ordinal);
            return at < 0 ? "" : Uri.UnescapeDataString(Target[(at + query.Length)..].Split('&')[0]).Split('/')[0];
        }
    }
}

/// <summary>A request or an answer.</summary>
internal sealed class HttpMessage(string startLine, IReadOnlyList<KeyValuePair<string, string>> headers)
{
    /// <summary>Longer bodies are not kept.</summary>
    public const int MaxKeptBody = 1 << 20;

    public string StartLine { get; } = startLine;

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; } = headers;

    public MemoryStream Body { get; } = new();

    /// <summary>The body was too long to be kept whole.</summary>
    public bool IsCut { get; private set; }

    public string Text => Encoding.UTF8.GetString(Body.GetBuffer(), 0, (int)Body.Length);

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Key: not null } found ? found.Value : null;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Body.Length + bytes.Length > MaxKeptBody)
        {
            IsCut = true;
            return;
        }

        Body.Write(bytes);
    }
}
