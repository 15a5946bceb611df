using System.Text;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>What every driver must do with each field of a spec and on each way out.</summary>
public sealed class EngineConformance(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exit_code_and_both_streams_arrive()
    {
        var (exit, output, error) = await engine.RunAsync(engine.Shell("echo out; echo err >&2; exit 3"));
        Assert.Equal((3, null, false), (exit.ExitCode, exit.Signal, exit.OutOfMemory));
        Assert.Equal(("out\n", "err\n"), (output, error));
    }

    [Fact]
    public async Task Python_answers_on_a_passed_listener()
    {
        var spec = engine.Plays("get", "169.254.100.1", "9001", "hello") with
        {
            Endpoints = [EngineFixture.Endpoint("api", "169.254.100.1", 9001), EngineFixture.Endpoint("region", "127.0.0.1", 4566)],
        };
        await using var workload = await engine.Engine.StartAsync(spec, Token);
        using var socket = await workload.Listeners[0].AcceptAsync(Token).AsTask().WaitAsync(Limit, Token);
        Assert.NotNull(socket);
        var buffer = new byte[64];
        var length = await socket.ReceiveAsync(buffer, Token);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, length));
        await socket.SendAsync("world"u8.ToArray(), Token);
        socket.Close();
        var (output, error) = await EngineFixture.ReadAllAsync(workload, Token);
        Assert.Equal(("world\n", ""), (output, error));
        Assert.Equal(0, (await workload.WaitAsync(Token)).ExitCode);
    }
}
