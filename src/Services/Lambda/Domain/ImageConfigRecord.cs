using Fogbank.Contracts.Lambda;

namespace Fogbank.Services.Lambda.Domain;

/// <summary>Settings of a function that replace those of its image. What is null or empty leaves the image's.</summary>
internal sealed record ImageConfigRecord
{
    public IReadOnlyList<string>? EntryPoint { get; init; }

    public IReadOnlyList<string>? Command { get; init; }

    public string? WorkingDirectory { get; init; }

    /// <summary>What a request says; null where it replaces nothing.</summary>
    internal static ImageConfigRecord? From(ImageConfig? config)
    {
        var record = new ImageConfigRecord
        {
            EntryPoint = config?.EntryPoint is { Count: > 0 } entryPoint ? entryPoint : null,
            Command = config?.Command is { Count: > 0 } command ? command : null,
            WorkingDirectory = string.IsNullOrEmpty(config?.WorkingDirectory) ? null : config.WorkingDirectory,
        };
        return record is { EntryPoint: null, Command: null, WorkingDirectory: null } ? null : record;
    }

    /// <summary>As answers have it.</summary>
    internal ImageConfigResponse ToResponse() => new()
    {
        ImageConfig = new() { EntryPoint = EntryPoint, Command = Command, WorkingDirectory = WorkingDirectory },
    };
}
