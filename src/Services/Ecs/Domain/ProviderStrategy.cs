using Fogbank.Contracts.Ecs;

namespace Fogbank.Services.Ecs.Domain;

/// <summary>Which capacity provider each of several tasks gets.</summary>
internal static class ProviderStrategy
{
    /// <summary>First the base, then by weight, each task where its provider is furthest behind its share.</summary>
    internal static IReadOnlyList<string> Assign(IReadOnlyList<CapacityProviderStrategyItem> strategy, int count)
    {
        var assigned = new List<string>(count);
        if (strategy.FirstOrDefault(item => item.Base > 0) is { } first)
        {
            assigned.AddRange(Enumerable.Repeat(first.CapacityProvider, Math.Min(count, first.Base ?? 0)));
        }

        var weighted = strategy.Where(item => item.Weight > 0).ToList();
        var given = weighted.ToDictionary(item => item.CapacityProvider, _ => 0, StringComparer.Ordinal);
        while (assigned.Count < count)
        {
            if (weighted.Count == 0)
            {
                // A base alone, and more tasks than it: all go there.
                assigned.Add(strategy[0].CapacityProvider);
                continue;
            }

            var next = weighted.MinBy(item => (given[item.CapacityProvider] + 1) / (double)item.Weight!.Value)!;
            given[next.CapacityProvider]++;
            assigned.Add(next.CapacityProvider);
        }

        return assigned;
    }
}
