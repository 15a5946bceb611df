using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fogbank.Kernel.Signing;

namespace Fogbank.Client;

/// <summary>Sends signed API calls to a region, as any AWS client would.</summary>
internal sealed class AwsClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _accessKeyId;
    private readonly string _secretAccessKey;
    private readonly string? _sessionToken;
    private readonly Action<string>? _show;
    private string? _region;

    /// <param name="endpoint">The region's address.</param>
    /// <param name="show">Is told the AWS CLI form of every call; null to be quiet.</param>
    internal AwsClient(Uri endpoint, Action<string>? show)
    {
        Endpoint = endpoint;
        _show = show;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(16) };
        _accessKeyId = Setting("AWS_ACCESS_KEY_ID") ?? "test";
        _secretAccessKey = Setting("AWS_SECRET_ACCESS_KEY") ?? "test";
        _sessionToken = Setting("AWS_SESSION_TOKEN");
        _region = Setting("AWS_REGION") ?? Setting("AWS_DEFAULT_REGION");
    }

    internal Uri Endpoint { get; }

    /// <summary>The region that the user's environment names, else the one that calls without a region get here.</summary>
    internal async ValueTask<string> RegionAsync(CancellationToken cancellationToken)
    {
        if (_region is null)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(TimeSpan.FromSeconds(2));
            try
            {
                var health = JsonNode.Parse(await _http.GetStringAsync(new Uri(Endpoint, "/_fogbank/health"), deadline.Token));
                _region = health?["region"]?.GetValue<string>();
            }
            catch (Exception fault) when (fault is HttpRequestException or JsonException or InvalidOperationException)
            {
                // Nobody is there, or no Fogbank: the call itself says so.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
            }
        }

        return _region ??= "us-east-1";
    }

    /// <summary>The answer, also where it is an error.</summary>
    /// <exception cref="CommandException">Nobody answers.</exception>
    internal async Task<AwsAnswer> SendAsync(AwsCall call, CancellationToken cancellationToken)
    {
        if (call.AwsCli is { } shown)
        {
            _show?.Invoke($"aws --endpoint-url {Endpoint.OriginalString} {shown}");
        }

        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Target) { Content = new ByteArrayContent(call.Body) };
        if (call.ContentType is { } type)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        Sign(request, call, await RegionAsync(cancellationToken));
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return new((int)response.StatusCode, response.Headers, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException fault) when (fault.InnerException is SocketException)
        {
            throw new CommandException(
                $"No region answers at {Endpoint.OriginalString}. Start one with `fogbank up`, or name another with --endpoint or AWS_ENDPOINT_URL.");
        }
        catch (HttpRequestException fault)
        {
            // Somebody is there who does not speak as asked: TLS on a plain port, a connection that breaks.
            throw new CommandException($"{Endpoint.OriginalString} does not answer as a region does: {(fault.InnerException ?? fault).Message}");
        }
    }

    /// <summary>The answer of a call that must succeed.</summary>
    internal async Task<AwsAnswer> ExpectAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(call, cancellationToken);
        if (!answer.IsSuccess)
        {
            var (code, message) = answer.Error();
            throw new CommandException($"{call.Service} answered {code}: {message}");
        }

        return answer;
    }

    public void Dispose() => _http.Dispose();

    private void Sign(HttpRequestMessage request, AwsCall call, string region)
    {
        var date = SigV4.FormatDate(TimeProvider.System.GetUtcNow());
        var scope = new CredentialScope(date[..8], region, call.Service);
        var hash = SigV4.HashHex(call.Body);
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = Endpoint.Authority,
            ["x-amz-content-sha256"] = hash,
            ["x-amz-date"] = date,
        };
        if (_sessionToken is not null)
        {
            headers["x-amz-security-token"] = _sessionToken;
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var mark = call.Target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? call.Target : call.Target[..mark];
        var query = mark < 0 ? "" : call.Target[(mark + 1)..];
        var names = headers.Keys.ToList();
        var canonical = CanonicalRequest.Build(call.Method, path, query, name => [headers[name]], names, hash, isS3: false);
        var signature = SigV4.Sign(SigV4.DeriveKey(_secretAccessKey, scope), SigV4.StringToSign(date, scope, canonical));
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{SigV4.Algorithm} Credential={_accessKeyId}/{scope}, SignedHeaders={string.Join(';', names)}, Signature={signature}");
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
