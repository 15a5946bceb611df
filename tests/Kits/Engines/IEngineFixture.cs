using Fogbank.Engines;

namespace Fogbank.Tests.Kits.Engines;

/// <summary>An engine under test, and the workloads of the kit in its terms.</summary>
internal interface IEngineFixture
{
    IEngine Engine { get; }

    /// <summary>Skips a test where this machine lacks what the engine needs, or fails it where it must not.</summary>
    void Require();

    /// <summary>A workload that plays a part of <c>tests/Workload</c>.</summary>
    WorkloadSpec Plays(params string[] part);

    WorkloadSpec Shell(string script);

    WorkloadSpec Runs(IReadOnlyList<string> command);

    /// <summary>Control groups of its workloads.</summary>
    IEnumerable<string> Cgroups();

    /// <summary>Lines of the environment that a workload has beside its spec's.</summary>
    string AddedVariables { get; }

    /// <summary>Runs to the end and returns everything.</summary>
    Task<(WorkloadExit Exit, string Output, string Error)> RunAsync(WorkloadSpec spec) => EngineFixture.RunAsync(Engine, spec);
}
