using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fogbank.Client;

namespace Fogbank.Images;

/// <summary>Pushes to and pulls from a region's registry, as container clients do, with a token of its API. Bodies stream in both directions.</summary>
internal sealed class RegistryClient : IDisposable
{
    private readonly AwsClient _api;
    private readonly HttpClient _http;
    private readonly string _host;
    private readonly string _token;

    private RegistryClient(AwsClient api, string host, string token)
    {
        _api = api;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = api.Endpoint, Timeout = Timeout.InfiniteTimeSpan };
        _host = host;
        _token = token;
    }

    /// <summary>Logs in to the registry of the account that the environment's keys belong to.</summary>
    internal static async Task<RegistryClient> OpenAsync(AwsClient api, CancellationToken cancellationToken)
    {
        var registry = (await api.ExpectAsync(AwsCall.Ecr("DescribeRegistry", [], null), cancellationToken)).Json["registryId"]!.GetValue<string>();
        var login = await api.ExpectAsync(AwsCall.Ecr("GetAuthorizationToken", [], "ecr get-authorization-token"), cancellationToken);

        // The registry's own name goes into the Host header, so it is the right account's whether or not this machine resolves the name.
        var host = $"{registry}.dkr.ecr.{await api.RegionAsync(cancellationToken)}.localhost:{api.Endpoint.Port}";
        return new(api, host, login.Json["authorizationData"]![0]!["authorizationToken"]!.GetValue<string>());
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Makes a repository unless it is there.</summary>
    /// <returns>Whether it was made.</returns>
    internal async Task<bool> EnsureRepositoryAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await _api.SendAsync(
            AwsCall.Ecr("CreateRepository", new() { ["repositoryName"] = name }, $"ecr create-repository --repository-name {name}"), cancellationToken);
        return answer.IsSuccess || (answer.Error() is var error && error.Code == "RepositoryAlreadyExistsException" ? false : throw new CommandException(error.Message));
    }

    internal async Task<bool> HasBlobAsync(string repository, string digest, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Head, $"/v2/{repository}/blobs/{digest}", null, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK || (response.StatusCode == HttpStatusCode.NotFound ? false : throw await FaultAsync(response));
    }

    /// <summary>Pushes bytes whose digest is known; the registry refuses others.</summary>
    internal async Task PutBlobAsync(string repository, string digest, Stream bytes, CancellationToken cancellationToken)
    {
        var upload = await StartUploadAsync(repository, cancellationToken);
        var content = new StreamContent(bytes, 256 << 10);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        await ExpectAsync(HttpMethod.Put, With(upload, digest), content, cancellationToken);
    }

    /// <summary>Compresses an archive on its way into the registry.</summary>
    /// <returns>What was pushed, and the digest of what it was made of.</returns>
    internal async Task<(string Digest, long Size, string DiffId)> PutCompressedAsync(string repository, Stream bytes, CancellationToken cancellationToken)
    {
        var upload = await StartUploadAsync(repository, cancellationToken);
        using var content = new CompressedContent(bytes);
        var next = await ExpectAsync(HttpMethod.Patch, upload, content, cancellationToken);
        await ExpectAsync(HttpMethod.Put, With(next ?? upload, content.Digest), new ByteArrayContent([]), cancellationToken);
        return (content.Digest, content.Size, content.DiffId);
    }

    internal async Task PutManifestAsync(string repository, string reference, string type, byte[] bytes, CancellationToken cancellationToken)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        await ExpectAsync(HttpMethod.Put, $"/v2/{repository}/manifests/{reference}", content, cancellationToken);
    }

    /// <summary>A manifest, its digest verified where it was asked for by one.</summary>
    internal async Task<(ImageManifest Manifest, string Digest)> GetManifestAsync(string repository, string reference, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/v2/{repository}/manifests/{reference}", null, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await FaultAsync(response);
        }

        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
        return ImageDescriptor.IsDigest(reference) && digest != reference
            ? throw new CommandException($"The manifest {reference} came with other bytes.")
            : (ImageManifest.Read(bytes, response.Content.Headers.ContentType?.MediaType ?? ""), digest);
    }

    /// <summary>Writes a blob's bytes to a stream; what does not have its digest and size is a fault.</summary>
    internal async Task CopyBlobAsync(string repository, ImageDescriptor blob, Stream to, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/v2/{repository}/blobs/{blob.Digest}", null, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await FaultAsync(response);
        }

        await using var from = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            long size = 0;
            int read;
            while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
            {
                size += read;
                hash.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            if (size != blob.Size || $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}" != blob.Digest)
            {
                throw new CommandException($"The blob {blob.Digest} came with other bytes.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<string> StartUploadAsync(string repository, CancellationToken cancellationToken) =>
        await ExpectAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/", new ByteArrayContent([]), cancellationToken)
            ?? throw new CommandException("The registry gave no address for an upload.");

    private static string With(string target, string digest) => $"{target}{(target.Contains('?', StringComparison.Ordinal) ? '&' : '?')}digest={digest}";

    /// <returns>The path of the answer's Location; null where it has none.</returns>
    private async Task<string?> ExpectAsync(HttpMethod method, string target, HttpContent content, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, target, content, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FaultAsync(response);
        }

        return response.Headers.Location is { } location ? new Uri(_api.Endpoint, location).PathAndQuery : null;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, target) { Content = content };
        request.Headers.Host = _host;
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", _token);
        foreach (var type in new[] { ImageTypes.OciManifest, ImageTypes.OciIndex, ImageTypes.DockerManifest, ImageTypes.DockerList })
        {
            request.Headers.Accept.Add(new(type));
        }

        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException fault) when (fault.InnerException is SocketException)
        {
            throw new CommandException($"No region answers at {_api.Endpoint.OriginalString}.");
        }
        catch (HttpRequestException fault) when (fault.InnerException is CommandException own)
        {
            throw own;
        }
        catch (HttpRequestException fault)
        {
            throw new CommandException($"The registry broke off: {(fault.InnerException ?? fault).Message}");
        }
    }

    private static async Task<CommandException> FaultAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(CancellationToken.None);
        try
        {
            if (JsonNode.Parse(text)?["errors"]?[0] is { } error)
            {
                return new($"{error["code"]}: {error["message"]}");
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
        }

        return new($"The registry answered {(int)response.StatusCode} {text}".TrimEnd());
    }

    /// <summary>A body that compresses what it sends; its digests are known once it was sent.</summary>
    private sealed class CompressedContent(Stream source) : HttpContent
    {
        internal string Digest { get; private set; } = "";

        internal string DiffId { get; private set; } = "";

        internal long Size { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            using var plainHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var hashed = new HashedOutput(stream);
            var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
            try
            {
                await using (var gzip = new GZipStream(hashed, CompressionLevel.Optimal, leaveOpen: true))
                {
                    int read;
                    while ((read = await source.ReadAsync(buffer)) > 0)
                    {
                        plainHash.AppendData(buffer, 0, read);
                        await gzip.WriteAsync(buffer.AsMemory(0, read));
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            (Digest, Size) = (hashed.Digest(), hashed.Written);
            DiffId = $"sha256:{Convert.ToHexStringLower(plainHash.GetHashAndReset())}";
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
