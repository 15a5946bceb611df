using System.Collections.Concurrent;
using System.Globalization;

namespace Floor.Invoke;

/// <summary>Brings events and runtimes together, whichever comes first.</summary>
internal sealed class Bridge
{
    private const string Prefix = "/2018-06-01/runtime/invocation/";

    private static readonly byte[] Accepted = "{\"status\":\"OK\"}\n"u8.ToArray();

    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<Event>> _runtimes = new();
    private readonly Queue<Event> _events = new();
    private readonly ConcurrentDictionary<string, Event> _running = new(StringComparer.Ordinal);
    private long _count;

    private sealed record Event(string Id, byte[] Payload)
    {
        // As in Fogbank, the answer goes out on the thread that brings it.
        public TaskCompletionSource<byte[]> Answer { get; } = new();
    }

    public Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return InvokeAsync(context);
        }

        return path.EndsWith("/next", StringComparison.Ordinal)
            ? NextAsync(context)
            : AnswerAsync(context, path[Prefix.Length..path.IndexOf('/', Prefix.Length)]);
    }

    private async Task InvokeAsync(HttpContext context)
    {
        var invocation = new Event(Interlocked.Increment(ref _count).ToString("x32", CultureInfo.InvariantCulture), await ReadAsync(context));
        TaskCompletionSource<Event>? runtime;
        lock (_lock)
        {
            if (!_runtimes.TryDequeue(out runtime))
            {
                _events.Enqueue(invocation);
            }
        }

        runtime?.SetResult(invocation);
        await WriteAsync(context, await invocation.Answer.Task);
    }

    private async Task NextAsync(HttpContext context)
    {
        Event? invocation;
        TaskCompletionSource<Event>? turn = null;
        lock (_lock)
        {
            if (!_events.TryDequeue(out invocation))
            {
                _runtimes.Enqueue(turn = new());
            }
        }

        invocation ??= await turn!.Task;
        _running[invocation.Id] = invocation;
        var headers = context.Response.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = invocation.Id;
        headers["Lambda-Runtime-Deadline-Ms"] = "4102444800000";
        headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:us-east-1:000000000000:function:noop";
        headers["Lambda-Runtime-Trace-Id"] = "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0";
        await WriteAsync(context, invocation.Payload);
    }

    private async Task AnswerAsync(HttpContext context, string id)
    {
        var answer = await ReadAsync(context);
        if (_running.TryRemove(id, out var invocation))
        {
            invocation.Answer.SetResult(answer);
        }

        context.Response.StatusCode = 202;
        await WriteAsync(context, Accepted);
    }

    private static async ValueTask<byte[]> ReadAsync(HttpContext context)
    {
        var body = new byte[(int)(context.Request.ContentLength ?? 0)];
        await context.Request.Body.ReadExactlyAsync(body);
        return body;
    }

    private static async Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body);
    }
}
