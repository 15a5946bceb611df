using System.Net;
using Fogbank.Store;
using Fogbank.Wire.Hosting;

namespace Fogbank.Settings;

/// <summary>What <c>fogbank up</c> was asked for, checked.</summary>
internal sealed record UpSettings
{
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>0 takes a free one.</summary>
    public required int Port { get; init; }

    /// <summary>Null with <see cref="Memory"/>.</summary>
    public required string? DataDirectory { get; init; }

    public required bool Memory { get; init; }

    public required Durability Durability { get; init; }

    public required string Region { get; init; }

    public required string AccountId { get; init; }

    public required AuthMode Auth { get; init; }

    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Runs functions without a sandbox although this machine could isolate them.</summary>
    public bool Unisolated { get; init; }

    /// <summary>How many times the machine's vCPUs may be promised to tasks.</summary>
    public double OvercommitCpu { get; init; } = 1;

    /// <summary>How many times the machine's memory may be promised to tasks.</summary>
    public double OvercommitMemory { get; init; } = 1;

    /// <summary>How long what outlives a region (tasks) goes on without one.</summary>
    public TimeSpan OrphanGrace { get; init; } = TimeSpan.FromMinutes(10);
}
