using Xunit;

namespace Fogbank.Tests.EndToEnd.Harness;

/// <summary>
/// Container clients of this machine (<c>eng/install-test-clients</c>). They reach registries by their own host names with the region as HTTP
/// proxy, so no machine needs to resolve names under localhost, and the names that count are really sent.
/// </summary>
internal static class ContainerTools
{
    /// <summary>Skips a test where a program is missing, or fails it where <c>FOGBANK_TEST_REQUIRE</c> names <c>containers</c>.</summary>
    /// <returns>Its path.</returns>
    internal static string Require(string program)
    {
        var path = new[] { "/usr/bin/", "/usr/sbin/" }.Select(folder => folder + program).FirstOrDefault(File.Exists);
        if (path is null && (Environment.GetEnvironmentVariable("FOGBANK_TEST_REQUIRE") ?? "").Split(',').Contains("containers"))
        {
            Assert.Fail($"{program} is missing: eng/install-test-clients installs it.");
        }

        Assert.SkipUnless(path is not null, $"{program} is not on this machine: eng/install-test-clients installs it.");
        return path!;
    }

    /// <summary>Environment of a client: a home of its own, and the region as proxy.</summary>
    internal static Dictionary<string, string> Variables(Uri region, string home) => new()
    {
        ["HOME"] = home,
        ["TMPDIR"] = home,
        ["XDG_RUNTIME_DIR"] = home,
        ["DOCKER_CONFIG"] = Path.Combine(home, "docker"),
        ["REGISTRY_AUTH_FILE"] = Path.Combine(home, "auth.json"),
        ["HTTP_PROXY"] = region.OriginalString,
        ["NO_PROXY"] = "",
    };

    /// <summary>Runs a client that must succeed.</summary>
    internal static async Task<string> RunAsync(
        string program, IReadOnlyDictionary<string, string> variables, string? input, CancellationToken cancellationToken, params string[] arguments)
    {
        var run = await ProgramRun.StartAsync(Require(program), arguments, variables, input, cancellationToken);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.Output;
    }
}
