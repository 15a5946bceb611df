using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Fogbank.Wire.Hosting;

/// <summary>Accepts on one listener until it ends or is disposed; then the connections it brought are aborted.</summary>
internal sealed partial class AcceptLoop(
    Func<CancellationToken, ValueTask<Socket?>> accept,
    ListenerIdentity identity,
    SocketConnectionContextFactory factory,
    BlockPool memory,
    ChannelWriter<ConnectionContext> accepted,
    ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ConnectionContext, byte> _open = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = RunAsync();

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _running;
        foreach (var connection in _open.Keys)
        {
            connection.Abort(new ConnectionAbortedException("The listener was closed."));
        }
    }

    private async Task RunAsync()
    {
        // The caller may hold locks while it starts a listener; the first accept is not its business.
        await Task.Yield();
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                Socket? socket;
                try
                {
                    socket = await accept(_stop.Token);
                }
                catch (SocketException exception) when (IsPassing(exception.SocketErrorCode))
                {
                    LogAcceptDelayed(logger, exception.SocketErrorCode);
                    await Task.Delay(Pause, _stop.Token);
                    continue;
                }

                if (socket is null)
                {
                    return;
                }

                await TakeAsync(socket);
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted)
        {
            // Likewise the end of a listener that was closed under its accept.
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
        catch (ObjectDisposedException)
        {
            // The listener was closed under the loop: that is how its owner ends it.
        }
        catch (SocketException exception)
        {
            LogAcceptFailed(logger, exception);
        }
    }

    /// <summary>A connection that died in the backlog, or a machine that is short of something for now.</summary>
    private static bool IsPassing(SocketError error) => error is SocketError.ConnectionReset or SocketError.ConnectionAborted
        or SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.ProcessLimit or SocketError.TimedOut;

    private async ValueTask TakeAsync(Socket socket)
    {
        ConnectionContext connection;
        try
        {
            if (socket.ProtocolType == ProtocolType.Tcp)
            {
                socket.NoDelay = true;
            }

            connection = factory.Create(socket);
        }
        catch (SocketException)
        {
            // It was reset between its handshake and now.
            socket.Dispose();
            return;
        }

        connection.Features.Set(identity);
        connection.Features.Set<IMemoryPoolFeature>(memory);
        _open[connection] = 0;
        connection.ConnectionClosed.UnsafeRegister(
            static state =>
            {
                var (open, connection) = ((ConcurrentDictionary<ConnectionContext, byte>, ConnectionContext))state!;
                open.TryRemove(connection, out _);
            },
            (_open, connection));
        try
        {
            await accepted.WriteAsync(connection, _stop.Token);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A connection could not be accepted ({Reason}); trying again")]
    private static partial void LogAcceptDelayed(ILogger logger, SocketError reason);

    [LoggerMessage(LogLevel.Error, "A listener stopped accepting")]
    private static partial void LogAcceptFailed(ILogger logger, Exception exception);
}
