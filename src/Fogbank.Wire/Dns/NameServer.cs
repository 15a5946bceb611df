using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Fogbank.Kernel;

namespace Fogbank.Wire.Dns;

/// <summary>The one name server of a region, served to each workload on sockets of its own.</summary>
public sealed class NameServer : INameServer
{
    // Of one workload, so that none takes what others need.
    private const int MaxQuestions = 64;
    private const int MaxConnections = 16;
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    private readonly Forwarder _forwarder;
    private readonly TimeProvider _time;

    internal NameServer(Forwarder forwarder, TimeProvider time) => (_forwarder, _time) = (forwarder, time);

    /// <summary>The server that asks the machine's own resolvers.</summary>
    public static NameServer OfMachine(TimeProvider time)
    {
        HostResolvers resolvers = new();
        return new(new Forwarder(resolvers.Current, time), time);
    }

    /// <inheritdoc/>
    public IAsyncDisposable Serve(
        Func<CancellationToken, ValueTask<Socket?>> acceptDatagrams, Func<CancellationToken, ValueTask<Socket?>> acceptConnections, NetworkNames names) =>
        new Served(this, acceptDatagrams, acceptConnections, names);

    /// <summary>The answer to a message; null to one that deserves none.</summary>
    internal async ValueTask<byte[]?> AnswerAsync(ReadOnlyMemory<byte> message, bool byConnection, NetworkNames names, CancellationToken cancellationToken)
    {
        const int answerBit = 0x80;
        if (message.Length < DnsMessage.HeaderSize || (message.Span[2] & answerBit) != 0)
        {
            return null;
        }
        return DnsMessage.ReadQuestion(message.Span) is { } question && OwnNames.TryAnswer(message.Span, question, names) is { } own
            ? own
            : await _forwarder.AskAsync(message, byConnection, cancellationToken);
    }

    private sealed class Served : IAsyncDisposable
    {
        private readonly NameServer _server;
        private readonly NetworkNames _names;
        private readonly CancellationTokenSource _stop = new();
        private readonly SemaphoreSlim _questions = new(MaxQuestions);
        private readonly SemaphoreSlim _connections = new(MaxConnections);
        private readonly ConcurrentDictionary<Task, bool> _running = new();
        private readonly Task _loops;

        internal Served(
            NameServer server, Func<CancellationToken, ValueTask<Socket?>> datagrams, Func<CancellationToken, ValueTask<Socket?>> connections, NetworkNames names)
        {
            (_server, _names) = (server, names);
            _loops = Task.WhenAll(DatagramsAsync(datagrams), ConnectionsAsync(connections));
        }

        private async Task DatagramsAsync(Func<CancellationToken, ValueTask<Socket?>> accept)
        {
            try
            {
                if (await accept(_stop.Token) is not { } socket)
                {
                    return;
                }
                using (socket)
                {
                    var buffer = new byte[DnsMessage.MaxSize];
                    while (!_stop.IsCancellationRequested)
                    {
                        // A workload that asks faster than it is answered waits: its socket's buffer is the bound.
                        await _questions.WaitAsync(_stop.Token);
                        var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                        Track(AnswerDatagramAsync(socket, buffer.AsSpan(0, received.ReceivedBytes).ToArray(), received.RemoteEndPoint));
                    }
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // the end
            }
        }

        private async Task AnswerDatagramAsync(Socket socket, byte[] message, EndPoint from)
        {
            try
            {
                if (await _server.AnswerAsync(message, byConnection: false, _names, _stop.Token) is { } answer)
                {
                    await socket.SendToAsync(answer, from, _stop.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Whoever asked is gone, or asks again.
            }
            finally
            {
                _questions.Release();
            }
        }

        private async Task ConnectionsAsync(Func<CancellationToken, ValueTask<Socket?>> accept)
        {
            try
            {
                while (true)
                {
                    await _connections.WaitAsync(_stop.Token);
                    if (await accept(_stop.Token) is not { } socket)
                    {
                        return;
                    }
                    Track(ConnectionAsync(socket));
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // the end
            }
        }

        private async Task ConnectionAsync(Socket socket)
        {
            try
            {
                await using NetworkStream stream = new(socket, ownsSocket: true);
                while (true)
                {
                    using CancellationTokenSource idle = new(IdleLimit, _server._time);
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _stop.Token);
                    if (await DnsStream.ReadAsync(stream, either.Token) is not { } message
                        || await _server.AnswerAsync(message, byConnection: true, _names, _stop.Token) is not { } answer)
                    {
                        return;
                    }
                    await DnsStream.WriteAsync(stream, answer, either.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
                // the end
            }
            finally
            {
                _connections.Release();
            }
        }

        private void Track(Task task)
        {
            _running.TryAdd(task, true);
            _ = task.ContinueWith(done => _running.TryRemove(done, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _loops;
            await Task.WhenAll(_running.Keys);
            _stop.Dispose();
            _questions.Dispose();
            _connections.Dispose();
        }
    }
}
