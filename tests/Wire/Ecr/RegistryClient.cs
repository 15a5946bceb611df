using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Fogbank.Tests.Wire.Ecr;

/// <summary>Speaks the distribution API word by word, so that a test can also say what no client would.</summary>
internal sealed class RegistryClient(Uri endpoint) : IDisposable
{
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string OciIndex = "application/vnd.oci.image.index.v1+json";
    internal const string OciLayer = "application/vnd.oci.image.layer.v1.tar+gzip";
    internal const string OciConfig = "application/vnd.oci.image.config.v1+json";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = endpoint };

    internal static string Sha256(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static string Descriptor(string type, byte[] blob, string more = "") =>
        $$"""{"mediaType":"{{type}}","digest":"{{Sha256(blob)}}","size":{{blob.Length}}{{more}}}""";

    internal static byte[] Manifest(byte[] config, IEnumerable<byte[]> layers, string more = "") => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{OciManifest}}","config":{{Descriptor(OciConfig, config)}},"layers":[{{string.Join(',', layers.Select(layer => Descriptor(OciLayer, layer)))}}]{{more}}}""");

    internal static byte[] Index(params IEnumerable<string> manifests) => Encoding.UTF8.GetBytes(
        $$"""{"schemaVersion":2,"mediaType":"{{OciIndex}}","manifests":[{{string.Join(',', manifests)}}]}""");

    internal async Task<Answer> SendAsync(
        string method, string path, byte[]? body = null, string? type = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (type is not null)
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            }
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var answer = await _http.SendAsync(request);
        return new Answer(
            answer.StatusCode,
            await answer.Content.ReadAsByteArrayAsync(),
            answer.Headers.Concat(answer.Content.Headers).ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Pushes a blob in one body.</summary>
    internal async Task<string> PushAsync(string repository, byte[] blob)
    {
        var digest = Sha256(blob);
        var answer = await SendAsync("POST", $"/v2/{repository}/blobs/uploads/?digest={digest}", blob);
        answer.Must(HttpStatusCode.Created);
        return digest;
    }

    /// <summary>Pushes an image of random layers.</summary>
    internal async Task<(string Digest, byte[] Manifest)> PushImageAsync(string repository, string reference, int seed = 1, string architecture = "amd64")
    {
        var (layer, config) = (Bytes(30_000, seed), Config(architecture, Bytes(30_000, seed)));
        await PushAsync(repository, layer);
        await PushAsync(repository, config);
        var manifest = Manifest(config, [layer]);
        var answer = await PutManifestAsync(repository, reference is "" ? Sha256(manifest) : reference, manifest);
        answer.Must(HttpStatusCode.Created);
        return (Sha256(manifest), manifest);
    }

    internal static byte[] Config(string architecture, params byte[][] layers)
    {
        var diffIds = string.Join(',', layers.Select(static layer => $"\"{Sha256(layer)}\""));
        var config = """ "config":{"Entrypoint":["/bin/echo"],"Cmd":["hello"],"Env":["PATH=/bin"],"StopSignal":"SIGQUIT","ExposedPorts":{"80/tcp":{}}}""";
        return Encoding.UTF8.GetBytes($$"""{"os":"linux","architecture":"{{architecture}}",{{config}},"rootfs":{"type":"layers","diff_ids":[{{diffIds}}]} }""");
    }

    internal Task<Answer> PutManifestAsync(string repository, string reference, byte[] manifest, string type = OciManifest) =>
        SendAsync("PUT", $"/v2/{repository}/manifests/{reference}", manifest, type);

    public void Dispose() => _http.Dispose();
}

/// <summary>What the registry answered.</summary>
internal sealed record Answer(HttpStatusCode Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    internal string Text => Encoding.UTF8.GetString(Body);

    internal string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Code and message of a refusal.</summary>
    internal (int Status, string Code, string Message) Error
    {
        get
        {
            using var json = JsonDocument.Parse(Body);
            var error = json.RootElement.GetProperty("errors")[0];
            return ((int)Status, error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!);
        }
    }

    internal void Must(HttpStatusCode status) => Xunit.Assert.True(Status == status, $"{Status}: {Text}");
}
