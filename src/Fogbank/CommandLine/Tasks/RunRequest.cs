namespace Fogbank.CommandLine.Tasks;

/// <summary>What <c>fogbank run</c> is to run.</summary>
internal sealed record RunRequest
{
    public required string Image { get; init; }

    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>CPU units.</summary>
    public required int Cpu { get; init; }

    public required int MemoryMb { get; init; }

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public required string Cluster { get; init; }
}
