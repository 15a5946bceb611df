using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fogbank.Tests.Unit.Runtimes;

/// <summary>The Runtime API on a loopback port, by the server that the product uses: a queue of events in, a queue of outcomes out.</summary>
internal sealed class FakeRuntimeApi : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _server;
    private readonly Channel<(string Id, byte[] Body, Dictionary<string, string> Headers)> _events = Channel.CreateUnbounded<(string, byte[], Dictionary<string, string>)>();
    private readonly Channel<Outcome> _outcomes = Channel.CreateUnbounded<Outcome>();
    private readonly ConcurrentDictionary<string, bool> _connections = new();
    private int _count;

    private FakeRuntimeApi(WebApplication server) => _server = server;

    public string Address => new Uri(_server.Urls.First()).Authority;

    public int Connections => _connections.Count;

    /// <summary>When set, answers beyond this size are refused unread, as the real one refuses more than 6 MB.</summary>
    public long? RefuseBeyond { get; set; }

    public static async Task<FakeRuntimeApi> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        var api = new FakeRuntimeApi(builder.Build());
        api._server.Run(api.HandleAsync);
        await api._server.StartAsync(cancellationToken);
        return api;
    }

    public async Task<Outcome> InvokeAsync(byte[] payload, CancellationToken cancellationToken, Dictionary<string, string>? headers = null)
    {
        var id = $"request-{Interlocked.Increment(ref _count)}";
        await _events.Writer.WriteAsync((id, payload, headers ?? []), cancellationToken);
        var outcome = await OutcomeAsync(cancellationToken);
        Assert.Equal(id, outcome.RequestId);
        return outcome;
    }

    /// <summary>The next thing that the client reports.</summary>
    public async Task<Outcome> OutcomeAsync(CancellationToken cancellationToken) =>
        await _outcomes.Reader.ReadAsync(cancellationToken).AsTask().WaitAsync(s_patience, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _server.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        _connections[http.Connection.Id] = true;
        var parts = http.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("2018-06-01", parts[0]);
        switch (parts[1..])
        {
            case ["runtime", "invocation", "next"]:
                await NextAsync(http);
                break;
            case ["runtime", "invocation", var id, "response" or "error"]:
                await RecordAsync(http, id, parts[4]);
                break;
            case ["runtime", "init", "error"]:
                await RecordAsync(http, "", "init/error");
                break;
            default:
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private async Task NextAsync(HttpContext http)
    {
        var (id, body, headers) = await _events.Reader.ReadAsync(http.RequestAborted);
        var answer = http.Response.Headers;
        answer["Lambda-Runtime-Aws-Request-Id"] = id;
        answer["Lambda-Runtime-Deadline-Ms"] = DateTimeOffset.UtcNow.AddSeconds(60).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        answer["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:us-east-1:000000000000:function:sample";
        foreach (var (name, value) in headers)
        {
            answer[name] = value;
        }

        // Half of the events come in chunks, as a server may send them.
        if (_count % 2 == 0)
        {
            http.Response.ContentLength = body.Length;
        }

        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private async Task RecordAsync(HttpContext http, string id, string kind)
    {
        if (http.Request.ContentLength > RefuseBeyond)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            await _outcomes.Writer.WriteAsync(new Outcome(id, "refused", [], ""));
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        await _outcomes.Writer.WriteAsync(new Outcome(id, kind, body.ToArray(), http.Request.Headers["Lambda-Runtime-Function-Error-Type"].ToString()));
    }
}
