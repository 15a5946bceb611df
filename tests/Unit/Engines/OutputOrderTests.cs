using System.Text;
using Fogbank.Engines;
using Fogbank.Engines.Linux.Output;
using Xunit;

namespace Fogbank.Tests.Unit.Engines;

public sealed class OutputOrderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_callback_comes_after_what_was_in_the_pipe_and_before_what_comes_later()
    {
        var seen = new List<string>();
        var pending = new Queue<string>(["before"]);
        var buffer = new OutputBuffer(1024, TimeSpan.FromMinutes(1), TimeProvider.System);
        buffer.AddReader(() =>
        {
            while (pending.TryDequeue(out var text))
            {
                buffer.Add(LogStream.StandardOutput, Encoding.UTF8.GetBytes(text), 0);
            }
        });
        buffer.AfterOutput(() => seen.Add("callback"));
        buffer.Reading(() => buffer.Add(LogStream.StandardOutput, "after"u8, 0));
        buffer.End();
        buffer.End();
        await foreach (var chunk in buffer.ReadAsync(Token))
        {
            seen.Add(Encoding.UTF8.GetString(chunk.Data.Span));
        }

        Assert.Equal(["before", "callback", "after"], seen);
    }

    [Fact]
    public void Where_nothing_was_written_the_callback_is_called_at_once()
    {
        var called = false;
        new OutputBuffer(1024, TimeSpan.FromMinutes(1), TimeProvider.System).AfterOutput(() => called = true);
        Assert.True(called);
    }

    [Fact]
    public async Task A_reader_that_leaves_holds_up_no_callback()
    {
        var called = false;
        var buffer = new OutputBuffer(1024, TimeSpan.FromMinutes(1), TimeProvider.System);
        buffer.Reading(() => buffer.Add(LogStream.StandardOutput, "one"u8, 0));
        buffer.Reading(() => buffer.Add(LogStream.StandardOutput, "two"u8, 0));
        buffer.AfterOutput(() => called = true);
        await foreach (var _ in buffer.ReadAsync(Token))
        {
            break;
        }

        Assert.True(called);
    }
}
