using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fogbank.Wire.Hosting;

/// <summary>The HTTP server, started bare: no host, no middleware, no settings files stand before the first answer.</summary>
internal sealed class KestrelHost : IAsyncDisposable
{
    /// <summary>A presigned URL with a key of 1,024 encoded bytes and a session token must fit.</summary>
    private const int MaxRequestLineBytes = 32 * 1024;

    private const int MaxHeaderBytes = 64 * 1024;

    private const int MaxHeaders = 256;

    private readonly KestrelServer _server;

    public KestrelHost(EndpointHost endpoints, IServiceProvider services, ILoggerFactory loggers)
    {
        var options = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };

        // Every route has a limit of its own (BodyLimits); what streams has none.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        options.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        options.Limits.MaxRequestHeaderCount = MaxHeaders;
        options.Limits.Http2.MaxRequestHeaderFieldSize = MaxRequestLineBytes;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.UTF8;

        ConnectionDelegate? http2 = null;
        options.Listen(new VirtualEndPoint("http2", isFed: false), listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => http2 = next);
        });
        options.Listen(new VirtualEndPoint("region", isFed: true), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => ProtocolSwitch.Create(next, () => http2));
        });
        _server = new KestrelServer(Options.Create(options), new VirtualListenerFactory(endpoints.Accepted.Reader), loggers);
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => _server.StartAsync(application, cancellationToken);

    /// <summary>Ends idle connections at once, others when they are idle or <paramref name="deadline"/> comes.</summary>
    public Task StopAsync(CancellationToken deadline) => _server.StopAsync(deadline);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }
}
