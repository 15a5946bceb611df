using System.Globalization;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace Fogbank.Tests.Wire.S3;

/// <summary>Sends what a client puts on the wire, byte by byte, and reads what comes back: nothing of our own codecs stands between.</summary>
internal sealed class S3Client(S3Region region, string bucket)
{
    private static readonly XNamespace Ns = "http://s3.amazonaws.com/doc/2006-03-01/";

    public string Bucket => bucket;

    public static async Task<S3Client> NewBucketAsync(S3Region region)
    {
        var client = new S3Client(region, $"b{Interlocked.Increment(ref s_count).ToString(CultureInfo.InvariantCulture)}-test");
        (await client.SendAsync("PUT", "")).EnsureSuccessStatusCode();
        return client;
    }

    public async Task<HttpResponseMessage> SendAsync(
        string method, string target, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"/{bucket}{target}", UriKind.Relative));
        if (body is not null || method is "PUT" or "POST")
        {
            request.Content = new ByteArrayContent(body ?? []);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await region.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public Task<HttpResponseMessage> PutAsync(string key, string text, params (string Name, string Value)[] headers) =>
        SendAsync("PUT", "/" + key, Encoding.UTF8.GetBytes(text), headers);

    public static async Task<XElement> XmlAsync(HttpResponseMessage answer) =>
        XElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    public static Task<string> TextAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    /// <summary>Values of elements by their local name, wherever they stand, in order.</summary>
    public static IReadOnlyList<string> Values(XElement xml, string name) => [.. xml.Descendants(Ns + name).Select(element => element.Value)];

    /// <summary>Status and code of an error answer.</summary>
    public static async Task<(HttpStatusCode Status, string? Code)> ErrorAsync(HttpResponseMessage answer) =>
        (answer.StatusCode, (await XmlAsync(answer)).Element("Code")?.Value);

    private static int s_count;
}
