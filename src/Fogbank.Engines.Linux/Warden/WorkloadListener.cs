using System.Net.Sockets;

namespace Fogbank.Engines.Linux.Warden;

/// <summary>A listening socket that was made inside the workload's network namespace and passed out.</summary>
internal sealed class WorkloadListener(EndpointSpec endpoint, int descriptor) : IWorkloadListener, IDisposable
{
    private readonly Socket _socket = new(new SafeSocketHandle(descriptor, ownsHandle: true));
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closed;
    private int _given;

    public EndpointSpec Endpoint => endpoint;

    public async ValueTask<Socket?> AcceptAsync(CancellationToken cancellationToken)
    {
        if (endpoint.Protocol == EndpointProtocol.Udp)
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                return _socket;
            }
            await _ended.Task.WaitAsync(cancellationToken);
            return null;
        }
        while (!_closed)
        {
            try
            {
                return await _socket.AcceptAsync(cancellationToken);
            }
            catch (Exception error) when (error is ObjectDisposedException or SocketException && _closed)
            {
                return null;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The peer was gone before it was accepted.
            }
        }
        return null;
    }

    public void Dispose()
    {
        _closed = true;
        _ended.TrySetResult();
        _socket.Dispose();
    }
}
