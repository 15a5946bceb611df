namespace Fogbank.Engines;

/// <summary>A workload's output streams; the values are their file descriptors.</summary>
public enum LogStream
{
    /// <summary>Standard output.</summary>
    StandardOutput = 1,

    /// <summary>Standard error.</summary>
    StandardError = 2,
}
