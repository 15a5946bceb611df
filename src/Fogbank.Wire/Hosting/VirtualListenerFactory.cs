using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Fogbank.Wire.Hosting;

/// <summary>Gives the server its one endpoint, which is fed by all accept loops, and a second one that nobody can dial.</summary>
internal sealed class VirtualListenerFactory(ChannelReader<ConnectionContext> accepted) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new VirtualListener((VirtualEndPoint)endpoint, accepted));

    private sealed class VirtualListener(VirtualEndPoint endPoint, ChannelReader<ConnectionContext> accepted) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_unbound.Token, cancellationToken);
            try
            {
                if (!endPoint.IsFed)
                {
                    await Task.Delay(Timeout.Infinite, either.Token);
                }

                return await accepted.ReadAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            catch (ChannelClosedException)
            {
                return null;
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _unbound.CancelAsync();
        }

        public ValueTask DisposeAsync()
        {
            _unbound.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>An address that stands for all of them.</summary>
/// <param name="name">For messages.</param>
/// <param name="isFed">False for the endpoint that exists for its pipeline only.</param>
internal sealed class VirtualEndPoint(string name, bool isFed) : EndPoint
{
    public bool IsFed => isFed;

    public override string ToString() => name;
}
