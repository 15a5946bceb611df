using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;
using Fogbank.Kernel;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Fogbank.Wire.Hosting;

/// <summary>
/// Where accepted connections of every listener become connections of the one virtual endpoint that the server listens on. Made before the
/// server, since services take listeners in use as they start.
/// </summary>
public sealed class EndpointHost : IEndpointHost, IAsyncDisposable
{
    /// <summary>Connections that were accepted and not yet taken by the server: more wait in the kernel's backlog.</summary>
    private const int MaxWaiting = 256;

    private readonly SocketConnectionContextFactory _factory;
    private readonly BlockPool _memory = new();
    private readonly ILogger _logger;

    public EndpointHost(ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        _logger = loggers.CreateLogger<EndpointHost>();

        // Bytes that came are handled on the thread that received them, and answers sent from the thread that wrote them: two thread switches
        // less each way, which is most of a warm invocation (bench/Fogbank.Load). The price is that a handler which blocks holds up its own
        // connection; handlers here do not block.
        _factory = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions { UnsafePreferInlineScheduling = true }, _logger);
        Accepted = Channel.CreateBounded<ConnectionContext>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    }

    internal Channel<ConnectionContext> Accepted { get; }

    public IAsyncDisposable Serve(
        Func<CancellationToken, ValueTask<Socket?>> accept,
        Func<HttpContext, Task> handler,
        Func<IDuplexPipe, CancellationToken, ValueTask<bool>>? first = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return Start(accept, new ListenerIdentity(null, handler) { First = first });
    }

    public IAsyncDisposable ServeRegion(Func<CancellationToken, ValueTask<Socket?>> accept, WorkloadIdentity workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        return Start(accept, new ListenerIdentity(workload, null));
    }

    public ValueTask DisposeAsync()
    {
        Accepted.Writer.TryComplete();
        _factory.Dispose();
        _memory.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Serves a listening socket of the region's own port.</summary>
    internal IAsyncDisposable ServeSocket(Socket listener) =>
        Start(async cancellationToken => await listener.AcceptAsync(cancellationToken), new ListenerIdentity(null, null));

    private AcceptLoop Start(Func<CancellationToken, ValueTask<Socket?>> accept, ListenerIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(accept);
        var loop = new AcceptLoop(accept, identity, _factory, _memory, Accepted.Writer, _logger);
        loop.Start();
        return loop;
    }
}
