using Fogbank.Engines;
using Xunit;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>The process engine, with what only it does.</summary>
public sealed class ProcessConformance : EngineConformance, IClassFixture<EngineFixture>
{
    private readonly EngineFixture _engine;

    public ProcessConformance(EngineFixture engine)
        : base(engine) => _engine = engine;

    [Fact]
    public async Task Limits_user_and_places_are_as_asked()
    {
        var spec = _engine.Plays("limits") with
        {
            WorkingDirectory = "/var/task",
            HostName = "inside",
            MaxOpenFiles = 200,
            TmpBytes = 64L * 1024 * 1024,
            User = "sbx_user1051",
        };
        var (_, output, error) = await _engine.RunAsync(spec);
        Assert.Equal("", error);
        var lines = output.Split('\n');
        Assert.Contains("nofile 200 200", lines);
        Assert.Contains("core 0", lines);
        Assert.Contains("umask 22", lines);
        Assert.Contains("host inside", lines);
        Assert.Contains("cwd /var/task", lines);
        Assert.Contains("tmp entries 0", lines);
        var free = long.Parse(lines.Single(line => line.StartsWith("tmp ", StringComparison.Ordinal) && char.IsDigit(line[4]))[4..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(free, spec.TmpBytes, spec.TmpBytes * 21 / 20);
    }

    [Fact]
    public async Task Later_artifacts_cover_earlier_ones_and_trees_appear_by_name()
    {
        var spec = _engine.Shell("cat /opt/same /opt/one /opt/two/file /var/runtime/tool.txt") with
        {
            Artifacts =
            [
                new() { Target = "/opt", Artifacts = [EngineFixture.Zip(("same", "first\n"), ("one", "1\n")), EngineFixture.Zip(("same", "second\n"), ("two/file", "2\n"))] },
            ],
            Trees = [new() { Tree = "tools", Target = "/var/runtime" }],
        };
        var (_, output, error) = await _engine.RunAsync(spec);
        Assert.Equal(("second\n1\n2\na tool", ""), (output, error));
    }

    [Fact]
    public async Task Tree_that_is_not_registered_is_refused()
    {
        var spec = _engine.Shell("true") with { Trees = [new() { Tree = "../etc", Target = "/var/runtime" }] };
        Assert.Equal(EngineErrorKind.InvalidSpec, (await Assert.ThrowsAsync<EngineException>(() => _engine.RunAsync(spec))).Kind);
    }

    [Theory]
    [InlineData("/usr/share/x")]
    [InlineData("/etc")]
    [InlineData("/var")]
    [InlineData("/var/task/../x")]
    [InlineData("/tmp/x")]
    [InlineData("/")]
    public async Task Mount_over_the_system_is_refused(string target)
    {
        var spec = _engine.Shell("true") with { Artifacts = [new() { Target = target, Artifacts = [EngineFixture.Program] }] };
        Assert.Equal(EngineErrorKind.InvalidSpec, (await Assert.ThrowsAsync<EngineException>(() => _engine.RunAsync(spec))).Kind);
    }
}
