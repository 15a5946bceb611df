namespace Fogbank.Engines;

/// <summary>A further process inside a running workload.</summary>
public sealed record ExecSpec
{
    /// <summary>Program and arguments; the program is looked up as that of the workload.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>After this it is killed.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Most bytes of its output that are kept, the first ones.</summary>
    public int MaxOutputBytes { get; init; } = 4096;
}
