using System.Collections.Concurrent;
using System.Text.Json;

namespace Fogbank.Kernel;

/// <summary>Keeps the newest reports in memory until the service that keeps them for good exists.</summary>
public sealed class BoundedSinks(int capacity = 10_000) : IMetricSink, IUsageSink, IEventSink
{
    private readonly ConcurrentQueue<(Scope Scope, MetricSample Sample)> _metrics = new();
    private readonly ConcurrentQueue<(Scope Scope, UsageRecord Usage)> _usage = new();
    private readonly ConcurrentQueue<(Scope Scope, string Source, string DetailType, IReadOnlyList<string> Resources, JsonElement Detail)> _events = new();

    public IEnumerable<(Scope Scope, MetricSample Sample)> Metrics => _metrics;

    public IEnumerable<(Scope Scope, UsageRecord Usage)> Usage => _usage;

    public IEnumerable<(Scope Scope, string Source, string DetailType, IReadOnlyList<string> Resources, JsonElement Detail)> Events => _events;

    void IMetricSink.Record(Scope scope, in MetricSample sample) => Keep(_metrics, (scope, sample));

    void IUsageSink.Record(Scope scope, in UsageRecord usage) => Keep(_usage, (scope, usage));

    public void Publish(Scope scope, string source, string detailType, IReadOnlyList<string> resources, JsonElement detail) =>
        Keep(_events, (scope, source, detailType, resources, detail.Clone()));

    private void Keep<T>(ConcurrentQueue<T> queue, T item)
    {
        queue.Enqueue(item);
        while (queue.Count > capacity && queue.TryDequeue(out _))
        {
            // The oldest report makes room.
        }
    }
}
