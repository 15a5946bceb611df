using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Fogbank.Services.Lambda.Runtime;

/// <summary>
/// The loop of a runtime, served straight from the bytes of its connection: what the server would do for two requests of each invocation is
/// a large part of a warm one (bench/Fogbank.Load). Knows only the plain forms of "next" and of a short answer; at anything else the
/// connection goes to the server, with that request unread, and stays there: <see cref="RuntimeApi"/> is the whole API.
/// </summary>
internal sealed class RuntimeConnection(RuntimeSession session, IRuntimeOwner owner)
{
    private static ReadOnlySpan<byte> Accepted =>
        "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\nContent-Type: application/json\r\n\r\n{\"status\":\"OK\"}\n"u8;

    /// <returns>True where the connection is over; false where the server shall go on with it.</returns>
    internal async ValueTask<bool> ServeAsync(IDuplexPipe connection, CancellationToken closed)
    {
        var (input, output) = (connection.Input, connection.Output);
        while (true)
        {
            if (!input.TryRead(out var read))
            {
                // What was answered goes out before this waits, unless the next request came with it: then both answers go in one piece,
                // and the runtime is woken once.
                // Not linked to the connection's end, which is also told when the runtime has merely said all it had to say: a request that
                // was broken off must reach the server, which tells it from one that never came. The pipe itself ends with the connection.
                await output.FlushAsync(CancellationToken.None);
                read = await input.ReadAsync(CancellationToken.None);
            }

            var buffer = read.Buffer;
            var request = RuntimeRequest.Parse(buffer);
            switch (request.Kind)
            {
                case RuntimeRequestKind.Incomplete when !read.IsCompleted:
                    input.AdvanceTo(buffer.Start, buffer.End);
                    continue;
                case RuntimeRequestKind.Next when TryPoll(out var poll):
                    input.AdvanceTo(buffer.GetPosition(request.Head));
                    if (await WaitAsync(poll, closed) is not { } invocation)
                    {
                        await output.CompleteAsync();
                        return true;
                    }

                    WriteEvent(output, invocation);
                    await output.FlushAsync(CancellationToken.None);
                    continue;
                case RuntimeRequestKind.Response or RuntimeRequestKind.Error
                    when session.TryBeginAnswer(request.RequestId, out var answered) == SessionAnswer.Accepted:
                    var payload = buffer.Slice(request.Head, request.Body).ToArray();
                    input.AdvanceTo(buffer.GetPosition(request.Head + request.Body));
                    owner.Finish(
                        answered!, request.Kind == RuntimeRequestKind.Error ? InvocationOutcome.Error(payload) : InvocationOutcome.Success(payload), null);
                    output.Write(Accepted);
                    continue;
                default:
                    await output.FlushAsync(CancellationToken.None);
                    input.AdvanceTo(buffer.Start);
                    return false;
            }
        }
    }

    private bool TryPoll(out ValueTask<Invocation?> poll)
    {
        poll = session.NextAsync(out var answer);
        return answer == SessionAnswer.Accepted;
    }

    private async ValueTask<Invocation?> WaitAsync(ValueTask<Invocation?> poll, CancellationToken closed)
    {
        if (poll.IsCompleted)
        {
            return await poll;
        }

        await using var abandoning = closed.UnsafeRegister(static state => ((RuntimeSession)state!).AbandonPoll(), session);
        return await poll;
    }

    private static void WriteEvent(PipeWriter output, Invocation invocation)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Length: {invocation.Payload.Length}\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {invocation.RequestId}\r\nLambda-Runtime-Deadline-Ms: {invocation.Deadline.ToUnixTimeMilliseconds()}\r\nLambda-Runtime-Invoked-Function-Arn: {invocation.InvokedArn}\r\nLambda-Runtime-Trace-Id: {invocation.TraceHeader}\r\n");
        Encoding.UTF8.GetBytes(head, output);
        if (invocation.ClientContext is { } context)
        {
            Encoding.UTF8.GetBytes($"Lambda-Runtime-Client-Context: {context}\r\n", output);
        }

        output.Write("\r\n"u8);
        output.Write(invocation.Payload.Span);
    }
}
