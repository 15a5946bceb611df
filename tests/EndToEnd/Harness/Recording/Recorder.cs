using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fogbank.Tests.EndToEnd.Harness.Recording;

/// <summary>
/// Stands between clients and region, passes every byte on as it is, and keeps what was said. A proxy that speaks HTTP itself would
/// straighten what the tests want to see (paths, headers, the connection), so this one only listens in. HTTP/2 passes unheard.
/// </summary>
internal sealed class Recorder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Exchange>> _exchanges = new();
    private readonly IPEndPoint _region;
    private Task _accepting = Task.CompletedTask;

    private Recorder(Uri region) => _region = new(IPAddress.Parse(region.Host), region.Port);

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public static Recorder Start(Uri region)
    {
        var recorder = new Recorder(region);
        recorder._listener.Start(512);
        recorder._accepting = recorder.AcceptAsync();
        return recorder;
    }

    /// <summary>What an access key's requests got so far; it is forgotten here.</summary>
    public IReadOnlyList<Exchange> TakeExchanges(string accessKey) => _exchanges.TryRemove(accessKey, out var found) ? [.. found] : [];

    /// <summary>What nobody has taken.</summary>
    public IReadOnlyList<Exchange> TakeRest() => [.. _exchanges.Keys.ToList().SelectMany(TakeExchanges)];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                relays.RemoveAll(relay => relay.IsCompleted);
                relays.Add(RelayAsync(client));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        try
        {
            await far.ConnectAsync(_region, _stop.Token);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return; // The region is gone: so is this connection.
        }

        var asked = new ConcurrentQueue<HttpMessage>();
        var isHttp1 = true;
        var requests = new HttpStreamReader(
            head =>
            {
                if (head.StartLine.StartsWith("PRI ", StringComparison.Ordinal))
                {
                    isHttp1 = false;
                }

                asked.Enqueue(head);
            },
            _ => { },
            _ => true);
        var responses = new HttpStreamReader(
            _ => { },
            response =>
            {
                var isInterim = response.StartLine.Split(' ') is [_, ['1', ..], ..];
                if (!isInterim && asked.TryDequeue(out var request))
                {
                    Keep(new Exchange(request, response));
                }
            },
            response => response.StartLine.Split(' ') is [_, not (['1', ..] or "204" or "304"), ..]
                && !(asked.TryPeek(out var request) && request.StartLine.StartsWith("HEAD ", StringComparison.Ordinal)));
        var sending = PumpAsync(near, far, requests, () => isHttp1);
        var receiving = PumpAsync(far, near, responses, () => isHttp1);
        await Task.WhenAll(sending, receiving);
    }

    private void Keep(Exchange exchange) => _exchanges.GetOrAdd(exchange.AccessKey, _ => new()).Enqueue(exchange);

    private async Task PumpAsync(Socket source, Socket target, HttpStreamReader reader, Func<bool> isHttp1)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await source.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                // Read before it is passed on, so that an answer is on record when its client sees it.
                if (isHttp1())
                {
                    reader.Feed(buffer.AsSpan(0, count));
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await target.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
                }
            }

            reader.Close();
            target.Shutdown(SocketShutdown.Send);
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Broken off on one side: break it off on the other in the same way.
            Abort(source);
            Abort(target);
        }
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }
}
