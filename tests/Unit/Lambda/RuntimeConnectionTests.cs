using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Fogbank.Services.Lambda.Runtime;
using Xunit;

namespace Fogbank.Tests.Unit.Lambda;

public sealed class RuntimeConnectionTests
{
    private const string Next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 169.254.100.1:9001\r\n\r\n";
    private const string Answer = "POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnull";
    private const string Deadline = "waited too long";

    [Theory]
    [InlineData(Next, "Next")]
    [InlineData(Answer, "Response")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/error HTTP/1.1\r\nhost:x\r\ncontent-length:2\r\nLambda-Runtime-Function-Error-Type: a.B\r\n\r\n{}", "Error")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnul", "Incomplete")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n", "Other")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Other")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nnull", "Other")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nnull", "Other")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nContent-Length: -4\r\n\r\nnull", "Other")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\nnull", "Other")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\nnull", "Other")]
    [InlineData("POST /2018-06-01/runtime/invocation/1a/response HTTP/1.1\r\nHost: x\r\n\r\n", "Other")]
    [InlineData("POST /2018-06-01/runtime/invocation/1A%2F/response HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnull", "Other")]
    [InlineData("GET /2018-06-01/runtime/invocation/next HTTP/1.0\r\nHost: x\r\n\r\n", "Other")]
    [InlineData("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n", "Other")]
    [InlineData("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", "Other")]
    [InlineData("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost : x\r\n\r\n", "Other")]
    [InlineData("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "Other")]
    [InlineData("GET /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\n\r\n", "Other")]
    [InlineData("", "Other")]
    public void Only_the_plain_forms_are_taken(string bytes, string kind)
    {
        var whole = Encoding.ASCII.GetBytes(bytes);
        Assert.Equal(kind, RuntimeRequest.Parse(new(whole)).Kind.ToString());
        if (whole.Length > 1)
        {
            // However the network cuts it.
            var first = new Segment(whole.AsMemory(0, whole.Length / 2));
            var last = first.Append(whole.AsMemory(whole.Length / 2));
            Assert.Equal(kind, RuntimeRequest.Parse(new(first, 0, last, last.Memory.Length)).Kind.ToString());
        }
    }

    [Fact]
    public async Task An_event_goes_out_and_its_answer_comes_back()
    {
        using var runtime = new Runtime();
        await runtime.SendAsync(Next);
        var invocation = NewInvocation("1a");
        Assert.Equal(Delivery.Done, await runtime.DeliverAsync(invocation));
        var sent = await runtime.ReceiveAsync("{}");
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", sent, StringComparison.Ordinal);
        Assert.Contains("\r\nLambda-Runtime-Aws-Request-Id: 1a\r\n", sent, StringComparison.Ordinal);

        // The answer and the question for the next event in one piece: nothing comes back until there is one.
        await runtime.SendAsync(Answer + Next);
        Assert.Equal("null", Encoding.ASCII.GetString((await runtime.Owner.Finished.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Payload.Span));
        Assert.Equal(Delivery.Done, await runtime.DeliverAsync(NewInvocation("2b")));
        var both = await runtime.ReceiveAsync("{}");
        Assert.StartsWith("HTTP/1.1 202 Accepted\r\n", both, StringComparison.Ordinal);
        Assert.Contains("Lambda-Runtime-Aws-Request-Id: 2b\r\n", both, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_alone_is_acknowledged_at_once()
    {
        using var runtime = new Runtime();
        await runtime.SendAsync(Next);
        await runtime.DeliverAsync(NewInvocation("1a"));
        await runtime.ReceiveAsync("{}");
        await runtime.SendAsync(Answer);
        Assert.StartsWith("HTTP/1.1 202 Accepted\r\n", await runtime.ReceiveAsync("OK\"}\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_does_not_know_is_left_to_the_server_unread()
    {
        using var runtime = new Runtime();
        await runtime.SendAsync(Answer);
        Assert.False(await runtime.Serving.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken), Deadline);
        Assert.Equal(Answer, await runtime.UnreadAsync());
    }

    [Fact]
    public async Task The_end_of_the_environment_ends_the_connection()
    {
        using var runtime = new Runtime();
        await runtime.SendAsync(Next);
        await runtime.Owner.Asked.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        runtime.Session.End();
        Assert.True(await runtime.Serving.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken), Deadline);
    }

    private static Invocation NewInvocation(string id) => new()
    {
        RequestId = id,
        InvokedArn = "arn:aws:lambda:us-east-1:000000000000:function:f",
        Payload = "{}"u8.ToArray(),
        Timeout = TimeSpan.FromSeconds(3),
        TraceHeader = "Root=1",
    };

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }

    private sealed class Owner : IRuntimeOwner
    {
        public TaskCompletionSource<InvocationOutcome> Finished { get; } = new();

        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Finish(Invocation invocation, InvocationOutcome outcome, string? errorType) => Finished.TrySetResult(outcome);

        public bool FailInit(ReadOnlyMemory<byte> payload, string errorType) => false;
    }

    /// <summary>The runtime's end of a connection that is served.</summary>
    private sealed class Runtime : IDuplexPipe, IDisposable
    {
        private readonly Pipe _toServer = new();
        private readonly Pipe _toRuntime = new();
        private readonly SemaphoreSlim _polls = new(0);

        public Runtime()
        {
            Session = new RuntimeSession(_ => { }, () =>
            {
                _polls.Release();
                Owner.Asked.TrySetResult();
            });
            Serving = new RuntimeConnection(Session, Owner).ServeAsync(this, CancellationToken.None).AsTask();
        }

        public Owner Owner { get; } = new();

        public RuntimeSession Session { get; }

        public Task<bool> Serving { get; }

        public PipeReader Input => _toServer.Reader;

        public PipeWriter Output => _toRuntime.Writer;

        public void Dispose() => _polls.Dispose();

        public async Task SendAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));

        public async Task<Delivery> DeliverAsync(Invocation invocation)
        {
            Assert.True(await _polls.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken), Deadline);
            return Session.Deliver(invocation);
        }

        public async Task<string> ReceiveAsync(string end)
        {
            while (true)
            {
                var read = await _toRuntime.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
                var text = Encoding.UTF8.GetString(read.Buffer);
                if (text.EndsWith(end, StringComparison.Ordinal))
                {
                    _toRuntime.Reader.AdvanceTo(read.Buffer.End);
                    return text;
                }

                _toRuntime.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }

        public async Task<string> UnreadAsync() => Encoding.ASCII.GetString((await _toServer.Reader.ReadAsync()).Buffer);
    }
}
