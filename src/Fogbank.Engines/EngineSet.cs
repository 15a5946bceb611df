namespace Fogbank.Engines;

/// <summary>The drivers that a region uses, by what is asked of them.</summary>
/// <param name="Processes">Runs code on the system's own root.</param>
/// <param name="Images">Runs images. Where the machine has no driver that can, it is one whose every start says what is missing.</param>
public sealed record EngineSet(IEngine Processes, IEngine Images);
