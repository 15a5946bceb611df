namespace Fogbank.Engines;

/// <summary>A limit of setrlimit(2) on each process. Clamped to what the host allows.</summary>
/// <param name="Name">Lower case, without prefix: <c>nofile</c>, <c>nproc</c>, <c>core</c> …</param>
/// <param name="Soft">What holds; -1 means unlimited.</param>
/// <param name="Hard">To what the process may raise it; -1 means unlimited.</param>
public sealed record ResourceLimit(string Name, long Soft, long Hard);
