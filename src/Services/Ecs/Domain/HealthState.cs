using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>The health of a container, from what its checks gave: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html</summary>
/// <param name="Status">HEALTHY, UNHEALTHY or UNKNOWN.</param>
/// <param name="Failures">Checks in a row that failed.</param>
internal readonly record struct HealthState(string Status, int Failures)
{
    internal static HealthState Initial { get; } = new(HealthStatus.Unknown, 0);

    /// <summary>After one more check.</summary>
    /// <param name="isSuccess">It ended with 0.</param>
    /// <param name="isStarting">Within the start period, in which failures do not count until one check succeeded.</param>
    /// <param name="retries">How many failures in a row make it unhealthy.</param>
    internal HealthState After(bool isSuccess, bool isStarting, int retries) =>
        isSuccess ? new(HealthStatus.Healthy, 0)
        : isStarting && Status == HealthStatus.Unknown ? this
        : Failures + 1 >= retries ? new(HealthStatus.Unhealthy, Failures + 1)
        : this with { Failures = Failures + 1 };
}
