namespace Fogbank.Engines;

/// <summary>How a process started by <see cref="IWorkload.ExecAsync"/> ended.</summary>
/// <param name="ExitCode">Its exit code (128 and the signal's number after a signal); null after the timeout.</param>
/// <param name="Output">Standard output and error, cut at the limit.</param>
public sealed record ExecResult(int? ExitCode, ReadOnlyMemory<byte> Output);
