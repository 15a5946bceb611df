using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>Workloads that are images.</summary>
public sealed class OciTests : IClassFixture<OciFixture>
{
    private readonly OciFixture _engine;

    public OciTests(OciFixture engine)
    {
        engine.Require();
        _engine = engine;
    }

    [Fact]
    public async Task Exit_code_and_both_streams_arrive()
    {
        var (exit, output, error) = await EngineFixture.RunAsync(_engine.Engine, _engine.Shell("echo out; echo err >&2; exit 3"));
        Assert.Equal(("out\n", "err\n"), (output, error));
        Assert.Equal((3, null, false), (exit.ExitCode, exit.Signal, exit.OutOfMemory));
    }
}
