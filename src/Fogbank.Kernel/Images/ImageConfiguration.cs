namespace Fogbank.Kernel.Images;

/// <summary>The part of an image's configuration that says how to run it. Source: OCI image specification, config.md.</summary>
public sealed record ImageConfiguration
{
    /// <summary>Program and first arguments; empty where the image names none.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>Arguments after <see cref="Entrypoint"/>, or the command where that is empty.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Environment, each <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Absolute path, or empty for <c>/</c>.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary><c>user[:group]</c> by name or number as <c>/etc/passwd</c> of the image has them; empty means root.</summary>
    public string User { get; init; } = "";

    /// <summary>Signal that asks it to end (<c>SIGQUIT</c>, <c>3</c>), or null for SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Ports in the form <c>8080/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>Paths that want a volume of their own.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
