using Fogbank.Engines;

namespace Fogbank.Services.Lambda;

/// <summary>
/// The interpreters of this machine and the runtime clients that Fogbank brings along. Implemented by the program, which unpacks the
/// clients and registers their folders with the engine.
/// </summary>
public interface IRuntimeCatalog
{
    /// <summary>How functions of a language are run here.</summary>
    /// <param name="language"><c>python</c>, <c>nodejs</c> or <c>dotnet</c>.</param>
    /// <param name="runtime">The identifier that the function asks for, <c>python3.12</c>.</param>
    /// <returns>Null where the machine has no interpreter for it.</returns>
    ManagedRuntime? Find(string language, string runtime);
}

/// <summary>A language as this machine runs it.</summary>
public sealed record ManagedRuntime
{
    /// <summary>What really runs, for the log: <c>Python 3.11.2</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Program and arguments inside the environment; the first is an absolute path.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Registered folders: the runtime client at <c>/var/runtime</c>, an interpreter outside the system's prefix.</summary>
    public IReadOnlyList<TreeMount> Trees { get; init; } = [];

    /// <summary>Variables the interpreter or its client needs besides those of AWS (<c>DOTNET_ROOT</c>). They win over AWS's.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
